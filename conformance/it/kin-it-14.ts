/**
 * KIN-IT-14: an answer holds 10 MiB at the most. In real time it takes about 12 s where writes are limited to 1 MiB a second: the
 * records have to be there first; an emulator that is slow with large answers takes longer.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { GET_RECORDS_BYTES_MAX } from '../../src/protocol/limits.ts';
import { attempt, answerOf } from '../attempt.ts';
import { FULL_ANSWER_NS, bytesOf, putFullAnswer } from '../full-answer.ts';
import { absent, firstShard, horizon, iteratorAt, read } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';

export const kinIt14 = statement({
  id: 'KIN-IT-14',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'An answer of GetRecords holds 10 MiB of data at the most, however many are there.',
  source: 'GetRecords (maximum size of data)',
  fault: 'poll.no-size-cap',
  needs: [],
  uses: { streams: [1], shared: [], seconds: 20, payloadUnits: 700 },
  exercises: { 'bytes to be read': GET_RECORDS_BYTES_MAX + 1, 'answers with records': 1 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const { ShardId: shardId } = firstShard(stream);
    const acknowledged = await putFullAnswer(context, stream);
    const newest = acknowledged.at(-1)!;
    const at = { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: newest.sequenceNumber } as const;
    const tip = await read(context, stream, shardId, at, { expect: [newest] });
    if (absent([newest], tip).length > 0) return unobserved('the last record that was put did not become readable');
    const bytes = acknowledged.reduce((sum, { data }) => sum + Buffer.byteLength(data, 'base64'), 0);
    context.count('bytes to be read', bytes);
    let iterator: string | null | undefined = await iteratorAt(context, stream, shardId, horizon);
    let most = 0;
    // The first answers of a chain may be empty.
    while (most === 0 && iterator && context.clock.monotonicNs() < context.deadlineNs) {
      const full: Awaited<ReturnType<typeof attempt<'GetRecords'>>> = await attempt(
        context,
        'GetRecords',
        { ShardIterator: iterator },
        { timeoutNs: FULL_ANSWER_NS },
      );
      if (full.kind !== 'ok') return unobserved(`the read of all was answered with ${answerOf(full)}`);
      most = bytesOf(full.output.Records);
      iterator = full.output.NextShardIterator;
      if (most === 0) await sleepFor(context.clock, NS_PER_S / 4);
    }
    if (most === 0) return unobserved(`of ${bytes} bytes in a shard, no answer of GetRecords held any`);
    context.count('answers with records');
    const said = `of ${bytes} bytes in a shard, one answer of GetRecords held ${most}`;
    return most > GET_RECORDS_BYTES_MAX ? broken(`${said}; AWS documents ${GET_RECORDS_BYTES_MAX}`) : holds(said);
  },
});
