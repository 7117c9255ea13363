/** KIN-PR-06: what a PutRecords answer says of each record is true of the log. */
import { isThrottle } from '../../src/protocol/errors.ts';
import { absent, put, sweep } from '../records.ts';
import { broken, statement } from '../statement.ts';
import { rangeOf } from '../streams.ts';
import { holdsUnderLoad, overload } from './overload.ts';
import { acknowledgedBy } from './result-entry.ts';

export const kinPr06 = statement({
  id: 'KIN-PR-06',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'Of a PutRecords call the records that were throttled are never readable, and those that succeeded are.',
  source: 'PutRecords (an unsuccessfully processed record includes ErrorCode; a successful one is in the stream)',
  fault: 'batch.failed-but-stored',
  needs: [],
  uses: { shared: [], prepared: ['overload'] },
  exercises: { 'throttled records': 20, 'stored records read': 100 },
  check: async (context) => {
    const load = await overload.for(context);
    const { calls, stream, hot, cold } = load;
    const sent = calls.flatMap((call) => call.sent);
    // An InternalFailure leaves open whether the record was stored.
    const throttled = new Set(sent.filter(({ result }) => isThrottle(result?.ErrorCode ?? '')).map(({ data }) => data));
    const acknowledged = sent.flatMap((record) => acknowledgedBy(record.result ?? {}, record) ?? []);
    context.count('throttled records', throttled.size);
    for (const shard of [hot, cold]) {
      // Once a record is seen that was put after all of them, nothing of them can appear any more.
      const last = await put(context, stream, { key: 'last', explicitHashKey: rangeOf(shard).start });
      const own = [...acknowledged.filter(({ shardId }) => shardId === shard.ShardId), last];
      const records = await sweep(context, stream, shard.ShardId, own);
      const ghost = records.find((record) => throttled.has(record.Data.toString('base64')));
      if (ghost) {
        return broken(
          `a record that PutRecords answered with ProvisionedThroughputExceededException lies in ${shard.ShardId} at ${ghost.SequenceNumber} (key ${ghost.PartitionKey})`,
        );
      }
      const lost = absent(own, records);
      context.count('stored records read', own.length - lost.length);
      if (lost.length === 0) continue;
      return broken(
        `${lost.length} of ${own.length} records that PutRecords acknowledged in ${shard.ShardId} are not there ${context.settleNs / 1e9} s later, first ${lost[0]!.sequenceNumber}`,
      );
    }
    return holdsUnderLoad(
      load,
      `${acknowledged.length} acknowledged records were read, and none of ${throttled.size} throttled ones`,
    );
  },
});
