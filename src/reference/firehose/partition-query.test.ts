import { expect, test } from 'vitest';
import { runQuery } from './partition-query.ts';

const run = (query: string, ...texts: string[]) =>
  runQuery(
    query,
    texts.map((text) => Buffer.from(text)),
  );

test('keys are what the expression finds, as the guide shows', async () => {
  const record = '{"type":{"device":"mobile"},"customer_id":"1234567890","event_timestamp":1565382027}';
  const query = '{customer_id: .customer_id, device: .type.device, year: (.event_timestamp | strftime("%Y"))} # keys';
  expect(await run(query, record)).toEqual([{ customer_id: '1234567890', device: 'mobile', year: '2019' }]);
});

test('a record that is no JSON harms no other, nor does one that the expression cannot take', async () => {
  expect(await run('{k: .k}', '{"k":"a"}', 'no', '{"k":1}\n', '"text"', '{"k":1}{"k":2}', '')).toEqual([
    { k: 'a' },
    'Non JSON record provided',
    { k: 1 },
    expect.stringMatching(/Cannot index string/),
    'Non JSON record provided',
    'Non JSON record provided',
  ]);
});

test.each([
  ['is none', '{k: .k', /syntax error/],
  ['gives no object', '.k', /gives no object/],
  ['gives nothing', 'empty', /gives no object/],
  ['reads on by itself', '{k: input}', /./],
])('an expression that %s fails every record', async (_what, query, message) => {
  expect(await run(query, '{"k":1}', '{"k":2}')).toEqual([
    expect.stringMatching(message),
    expect.stringMatching(message),
  ]);
});

test('of several objects the first one counts', async () => {
  expect(await run('{k: 1}, {k: 2}', '{}')).toEqual([{ k: 1 }]);
});
