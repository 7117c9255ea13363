/** What an account may not do says nothing of the endpoint: a call that is denied breaks no statement. */
import { expect, test } from 'vitest';
import { type Alteration, judgedAltered } from './history/altered-world.test-data.ts';
import { selectStatements } from './registry.ts';

/** Denies an operation from the so-manieth call on. */
function denied(name: string, from = 1): Alteration {
  const body = Buffer.from('{"__type":"AccessDeniedException","message":"not authorized to perform it"}');
  return (operation, call, { sentNs, answeredNs }) =>
    operation === name && call >= from
      ? { kind: 'response', status: 400, contentType: 'application/x-amz-json-1.1', body, sentNs, answeredNs }
      : undefined;
}

test.each([
  ['RET-07', 'IncreaseStreamRetentionPeriod', 1, 'unobserved'],
  ['LR-01', 'PutRecord', 1, 'unobserved'],
  ['OD-01', 'CreateStream', 2, 'unobserved'],
  ['PR-09', 'PutRecords', 1, 'unobserved'],
] as const)('KIN-%s where %s is denied', async (id, operation, from, outcome) => {
  const [judgement] = await judgedAltered(selectStatements([id]), denied(operation, from));
  expect(judgement?.outcome, judgement?.message).toBe(outcome);
});
