/**
 * A description may be older than the change before it: AWS changes streams asynchronously, and was seen to describe the former
 * retention after a change that it had accepted (aws/aws-sdk-go#566).
 */
import { expect, test } from 'vitest';
import { NS_PER_MS } from '../src/clock.ts';
import type { TransportAnswer } from '../src/wire/transport.ts';
import { type Alteration, judgedBehind } from './history/altered-world.test-data.ts';
import { selectStatements } from './registry.ts';

const changes = /^(Increase|Decrease|Update|Start|Stop)/;

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

test.each(['RET-07', 'ENC-01', 'ENC-02', 'LR-02', 'OD-04'])('KIN-%s holds where descriptions are late', async (id) => {
  const [judgement] = await judgedBehind(selectStatements([id]), describedLate(300));
  expect(judgement?.outcome, judgement?.message).toBe('holds');
});
