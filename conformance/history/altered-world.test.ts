import { expect, test } from 'vitest';
import { selectStatements } from '../registry.ts';
import { type Alteration, judgedAltered } from './altered-world.test-data.ts';

const statements = selectStatements(['ORD', 'SEQ', 'REP', 'IMM']);
/** Those that are judged by the history of the busy stream. */
const historic = selectStatements(['ORD-01', 'ORD-03', 'ORD-04', 'ORD-06', 'ORD-07', 'ORD-08', 'ORD-10', 'ORD-12']);

const broken = (judgements: Awaited<ReturnType<typeof judgedAltered>>) =>
  judgements.filter(({ outcome }) => outcome === 'broken').map(({ id, message }) => `${id}: ${message}`);

/** The answer never came, though the record was stored. */
const timeout: Alteration = (operation, call, answer) => {
  const lost = operation === 'PutRecord' && call % 37 === 0;
  return lost ? { kind: 'timeout', sentNs: answer.sentNs, answeredNs: answer.answeredNs } : undefined;
};

test('puts whose answers are lost are unknown: nothing is broken by them, and what is judged by the history still holds', async () => {
  expect(broken(await judgedAltered(statements, timeout))).toEqual([]);
  const outcomes = (await judgedAltered(historic, timeout)).map(({ id, outcome }) => `${id} ${outcome}`);
  expect(outcomes).toEqual(historic.map(({ id }) => `${id} holds`));
});

test('puts whose answers are lost hide no record that was stored twice', async () => {
  const [judgement] = await judgedAltered(selectStatements(['ORD-10']), timeout, ['log.double-append']);
  expect(judgement?.outcome).toBe('broken');
});

/** A read that gave nothing: the same iterator has to be used again. */
const throttled: Alteration = (operation, call, { sentNs, answeredNs }) => {
  const body = Buffer.from('{"__type":"ProvisionedThroughputExceededException","message":"Rate exceeded"}');
  const now = operation === 'GetRecords' && call % 3 === 0;
  return now
    ? { kind: 'response', status: 400, contentType: 'application/x-amz-json-1.1', body, sentNs, answeredNs }
    : undefined;
};

test('reads that are throttled every third time break nothing', async () => {
  const outcomes = (await judgedAltered(statements, throttled)).map(({ id, outcome }) => `${id} ${outcome}`);
  expect(outcomes).toEqual(statements.map(({ id }) => `${id} holds`));
});

const bodies = [
  '',
  '{}',
  'null',
  '[]',
  '<html>no</html>',
  '{"Records":[],"NextShardIterator":null}',
  '{"Records":[{}]}',
];
const operations = ['PutRecord', 'PutRecords', 'GetShardIterator', 'GetRecords', 'SplitShard'];
const odd = operations.flatMap((operation) => [
  ...bodies.map((body) => [operation, 200, body] as const),
  [operation, 500, '<html>no</html>'] as const,
]);

test.each(odd)('%s answered with %d %s makes no statement fall over', async (name, status, text) => {
  const body = Buffer.from(text);
  const alteration: Alteration = (operation, call, { sentNs, answeredNs }) =>
    operation === name && call > 2
      ? { kind: 'response', status, contentType: 'application/x-amz-json-1.1', body, sentNs, answeredNs }
      : undefined;
  const judgements = await judgedAltered(statements, alteration);
  expect(judgements.map(({ id }) => id)).toEqual(statements.map(({ id }) => id));
});
