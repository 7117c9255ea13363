/**
 * Streams that are still changing when they are called ACTIVE. A description may be older than the change before it: AWS was seen to
 * describe the former retention after a change that it had accepted (aws/aws-sdk-go#566). And a call may be refused as in use after a
 * description that says ACTIVE (aws/aws-sdk-java-v2#6006).
 */
import { expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../src/clock.ts';
import type { TransportAnswer } from '../src/wire/transport.ts';
import { type Answer, type Front, judgedBehind, refusal } from './front.test-data.ts';
import { type Alteration, judgedAltered } from './history/altered-world.test-data.ts';
import { selectStatements } from './registry.ts';
import { kinRs03 } from './rs/kin-rs-03.ts';

const changes = /^(Increase|Decrease|Update|Start|Stop|Add|Remove|Split|Merge)/;

/** Describes a stream for so long as it was before a change. */
function describedLate(lateMs: number): Alteration {
  let known: TransportAnswer | undefined;
  let untilNs = 0;
  return (operation, _call, answer) => {
    if (answer.kind === 'response' && answer.status === 200 && changes.test(operation))
      untilNs = answer.answeredNs + lateMs * NS_PER_MS;
    if (operation !== 'DescribeStreamSummary') return undefined;
    if (known && answer.answeredNs < untilNs) return known;
    known = answer;
    return undefined;
  };
}

test.each(['RET-07', 'ENC-01', 'ENC-02', 'LR-02', 'OD-04', 'PART-10'])(
  'KIN-%s holds where descriptions are late',
  async (id) => {
    const [judgement] = await judgedAltered(selectStatements([id]), describedLate(300));
    expect(judgement?.outcome, judgement?.message).toBe('holds');
  },
);

/** Each change takes 15 s, and then the stream is described for a moment as it was before it. */
function slowAndLate(): Front {
  let changedNs = -Infinity;
  let known: Answer | undefined;
  let before: Answer | undefined;
  return async ({ operation, nowNs }, answer) => {
    const answered = await answer();
    if (changes.test(operation) && answered.status === 200) [changedNs, before] = [nowNs, known];
    if (operation !== 'DescribeStreamSummary') return answered;
    known = answered;
    const sinceS = (nowNs - changedNs) / NS_PER_S;
    if (sinceS < 15) return { ...answered, body: answered.body.replace('"ACTIVE"', '"UPDATING"') };
    return sinceS < 15.3 && before ? before : answered;
  };
}

test.each(['RET-07', 'ENC-01', 'LR-02'])('KIN-%s holds where changes take long and are described late', async (id) => {
  const [statement] = selectStatements([id]);
  const { outcome, message } = await judgedBehind(statement!, slowAndLate());
  expect(outcome, message).toBe('holds');
});

test.each([
  'RET-07',
  'ENC-01',
  'TAG-01',
  'LR-02',
  'OD-04',
  'PART-10',
  'RS-01',
  'RS-02',
  'RS-03',
  'RS-04',
  'RS-05',
  'RS-11',
  'RS-12',
])('KIN-%s holds where every other change is refused as in use', async (id) => {
  let asked = 0;
  const [statement] = selectStatements([id]);
  const { outcome, message } = await judgedBehind(statement!, ({ operation }, answer) =>
    changes.test(operation) && (asked += 1) % 2 === 1 ? refusal('ResourceInUseException', 'not ACTIVE') : answer(),
  );
  expect(outcome, message).toBe('holds');
});

test('KIN-RS-03 holds where shards that are closed are called in use for good', async () => {
  const merged = new Set<string>();
  const { outcome, message } = await judgedBehind(kinRs03, async ({ operation, body }, answer) => {
    if (operation !== 'MergeShards') return answer();
    if (merged.has(body)) return refusal('ResourceInUseException', 'the shards are closed');
    const answered = await answer();
    if (answered.status === 200) merged.add(body);
    return answered;
  });
  expect(outcome, message).toBe('holds');
});
