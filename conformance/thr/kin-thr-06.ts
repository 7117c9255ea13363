/**
 * KIN-THR-06: who has read 10 MiB at once waits five seconds. In real time it takes about 18 s where writes are limited to 1 MiB a
 * second: the records have to be there first.
 */
import { NS_PER_S } from '../../src/clock.ts';
import { GET_RECORDS_BYTES_MAX } from '../../src/protocol/limits.ts';
import { isThrottle } from '../../src/protocol/errors.ts';
import { attempt, answerOf } from '../attempt.ts';
import { FULL_ANSWER_NS, bytesOf, putFullAnswer } from '../full-answer.ts';
import { absent, firstShard, horizon, iteratorAt, read } from '../records.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';

/** Of 10 MiB: an answer holds whole records. */
const FULL = 0.99;
/** When it is tried again, in s after the full answer was asked for; from the fifth second on it is to be served. */
const PROBES_S = [0.5, 1.5, 2.5, 3.5, 4.5];
const SERVED_BY_S = 8;
/** Who gives 2 MiB a second, with a second's in hand before the full answer, has given 10 MiB after so many s. */
const OWED_S = 4;

export const kinThr06 = statement({
  id: 'KIN-THR-06',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'After an answer of 10 MiB, GetRecords on that shard is refused for five seconds with ProvisionedThroughputExceededException.',
  source: 'GetRecords (10 MiB; no more within the next five seconds)',
  fault: 'thr.read-bytes-off',
  needs: ['throttle'],
  lane: 'slow',
  uses: { streams: [1], shared: [], seconds: 30, payloadUnits: 700 },
  exercises: { 'full answers': 1, 'reads within five seconds': 3 },
  check: async (context) => {
    const { clock, client } = context;
    const stream = await context.stream(1, 'fresh');
    const { ShardId: shardId } = firstShard(stream);
    const acknowledged = await putFullAnswer(context, stream);
    const newest = acknowledged.at(-1)!;
    const at = { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: newest.sequenceNumber } as const;
    const tip = await read(context, stream, shardId, at, { expect: [newest] });
    if (absent([newest], tip).length > 0) return unobserved('the last record that was put did not become readable');
    const ShardIterator = await iteratorAt(context, stream, shardId, horizon);
    const probeIterator = await iteratorAt(context, stream, shardId, { type: 'LATEST' });
    const full = await attempt(context, 'GetRecords', { ShardIterator }, { timeoutNs: FULL_ANSWER_NS });
    if (full.kind !== 'ok') return unobserved(`the read of 10 MiB was answered with ${answerOf(full)}`);
    const bytes = bytesOf(full.output.Records);
    if (bytes < FULL * GET_RECORDS_BYTES_MAX) return unobserved(`of eleven records an answer held ${bytes} bytes only`);
    context.count('full answers');
    const probe = () => client.call('GetRecords', { ShardIterator: probeIterator, Limit: 1 });
    for (const afterS of PROBES_S) {
      await clock.sleepUntil(full.sentNs + afterS * NS_PER_S);
      const outcome = await probe();
      const sinceS = (outcome.sentNs - full.sentNs) / NS_PER_S;
      if (sinceS > 4.9) continue;
      if (outcome.kind === 'ok') {
        const early = `an answer of GetRecords held ${bytes} bytes, and ${sinceS.toFixed(1)} s later the next was served; AWS documents five seconds`;
        return sinceS < OWED_S ? broken(early) : loose(early);
      }
      if (outcome.kind === 'error' && isThrottle(outcome.code)) context.count('reads within five seconds');
    }
    const said = `for five seconds after an answer of ${bytes} bytes reads were refused`;
    for (let afterS = 5.5; afterS <= SERVED_BY_S; afterS += 0.5) {
      await clock.sleepUntil(full.answeredNs + afterS * NS_PER_S);
      if ((await probe()).kind === 'ok') return holds(`${said}, and served ${afterS} s after it`);
    }
    return loose(`${said}, and they still were after ${SERVED_BY_S} s`);
  },
});
