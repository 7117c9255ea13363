/**
 * KIN-IT-09: an iterator is a place, and using it does not move it. An answer may be shorter than another one, even empty, so two
 * uses are compared as far as both go.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { firstShard, inOrder, iteratorAt, putAll, sweep } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';

const USES = 4;
const TRIES = 12;
const PAUSE_NS = 0.22 * NS_PER_S;

export const kinIt09 = statement({
  id: 'KIN-IT-09',
  level: 'SHOULD',
  evidence: ['inferred'],
  sentence: 'A shard iterator that is used again returns the same records again.',
  source: 'GetShardIterator (a position in a shard)',
  fault: 'iter.consumes-on-read',
  needs: [],
  exercises: { 'uses of one iterator': USES },
  check: async (context) => {
    const stream = await context.stream(1);
    const { ShardId: shardId } = firstShard(stream);
    const keys = Array.from({ length: 12 }, (_, index) => `again-${index}`);
    const acknowledged = inOrder(await putAll(context, stream, keys));
    await sweep(context, stream, shardId, acknowledged);
    // Not where another read began: an endpoint may give the same text for the same place.
    const from = { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: acknowledged[2]!.sequenceNumber } as const;
    const iterator = await iteratorAt(context, stream, shardId, from);
    let before: string[] | undefined;
    let uses = 0;
    for (let attempt = 0; attempt < TRIES && uses < USES; attempt += 1) {
      const { Records } = await context.send('GetRecords', { ShardIterator: iterator, Limit: 5 });
      await sleepFor(context.clock, PAUSE_NS);
      if (Records.length === 0) continue;
      uses += 1;
      context.count('uses of one iterator');
      const numbers = Records.map((record) => record.SequenceNumber);
      const differs = numbers.findIndex((number, index) => before?.[index] !== undefined && before[index] !== number);
      if (differs >= 0) {
        return broken(
          `use ${uses} of one iterator gave ${numbers[differs]} as record ${differs + 1}, an earlier use ${before![differs]}`,
        );
      }
      if (numbers.length > (before?.length ?? 0)) before = numbers;
    }
    return holds(`${uses} uses of one iterator began with the same records`);
  },
});
