/** KIN-API-18: a dry run says what would be, and does nothing. */
import type { OperationName } from '../../src/protocol/operations.ts';
import { firstShard, horizon, iteratorAt, put, read } from '../records.ts';
import { broken, holds, loose, statement } from '../statement.ts';
import { shortened, worded } from './asking.ts';
import { ask } from './probing.ts';

export const kinApi18 = statement({
  id: 'KIN-API-18',
  level: 'MUST',
  profile: 'aws-2026',
  evidence: ['model'],
  sentence: 'A call with DryRun that would succeed is answered with DryRunOperationException and writes nothing.',
  source: 'PutRecord, PutRecords, GetShardIterator, GetRecords (DryRun)',
  fault: 'api.dryrun-writes',
  needs: [],
  uses: { streams: [1], shared: [] },
  exercises: { 'dry runs': 4, 'records read': 1 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const { ShardId } = firstShard(stream);
    const dry = [context.data(), context.data(), context.data()] as const;
    const asked: readonly (readonly [OperationName, object])[] = [
      ['PutRecord', { StreamName: stream.name, PartitionKey: 'dry', Data: dry[0] }],
      ['PutRecords', { StreamName: stream.name, Records: dry.slice(1).map((Data) => ({ PartitionKey: 'dry', Data })) }],
      ['GetShardIterator', { StreamName: stream.name, ShardId, ShardIteratorType: 'TRIM_HORIZON' }],
      ['GetRecords', { ShardIterator: await iteratorAt(context, stream, ShardId, horizon) }],
    ];
    const done: string[] = [];
    const odd: string[] = [];
    for (const [operation, request] of asked) {
      const reply = await ask(context, operation, { ...request, DryRun: true });
      if (!reply) continue;
      context.count('dry runs');
      const said = `${operation} ${shortened({ DryRun: true, ...request })} was answered with ${worded(reply)}`;
      if (reply.kind === 'ok') done.push(said);
      else if (reply.code !== 'DryRunOperationException') odd.push(said);
    }
    // A record of our own behind them shows that everything before it was read.
    const own = await put(context, stream, { key: 'own' });
    const records = await read(context, stream, ShardId, horizon, { expect: [own] });
    const written = records.filter(({ Data }) => dry.some((data) => data === Data.toString('base64')));
    const beside = [...done, ...odd].join('; ');
    if (written.length > 0) {
      return broken(
        `${written.length} of ${dry.length} records put with DryRun were stored, the first as ${written[0]!.SequenceNumber}; ${beside}`,
      );
    }
    if (done.length > 0) return broken(beside);
    return odd.length > 0 ? loose(beside) : holds('four dry runs said so, and of three records none was stored');
  },
});
