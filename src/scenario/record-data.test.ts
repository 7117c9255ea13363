import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { OperatorError } from '../operator-error.ts';
import { parseScenario } from './parse.ts';
import type { ProduceFleet } from './plan.ts';

const folder = mkdtempSync(join(tmpdir(), 'kinebench-data-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
write('good.jsonl', '{"at":1767603600,"user":"a","id":1}\n{"at":1767603602,"user":"bb","id":2}\n');
write('good.csv', 'at,user\n1767603600,a\n1767603601,b\n');
write('plain.txt', 'one\ntwo\n');
write('late.jsonl', '{"at":5}\n{"at":4}\n');
write('odd.jsonl', '{"at":5}\n{"ta":6}\n');
write('empty.jsonl', '\n');

const file = join(folder, 's.yaml');
const scenario = (fleet: string, more = '') => `name: sample
question: Is it so?
expected: It is.
streams: { s: { shards: 1 } }
fleets:
  w: { produce: PutRecord, ${fleet} }
${more}phases: [{ name: steady, for: 30s }]
`;

function fleetOf(fleet: string): ProduceFleet {
  return parseScenario(scenario(fleet), { file }).plan.fleets[0] as ProduceFleet;
}

function faultOf(fleet: string, more?: string): string {
  try {
    parseScenario(scenario(fleet, more), { file });
  } catch (error) {
    if (error instanceof OperatorError) return error.message;
    throw error;
  }
  throw new Error('no fault');
}

const rate = 'rate: 10 records/s';

describe('the plan', () => {
  test('has random data identified by tag unless told otherwise', () => {
    expect(fleetOf(`${rate}, record: { size: 100 B, key: uniform(9) }`)).toMatchObject({
      data: { kind: 'random' },
      identify: { by: 'tag' },
    });
    expect(
      fleetOf(`${rate}, identify: sequence-number, record: { size: 1 B, key: uniform(9), data: zeros }`),
    ).toMatchObject({ data: { kind: 'zeros' }, identify: { by: 'sequence-number' } });
  });

  test('has what was found in a file: another file is another plan', () => {
    const fleet = 'record: { key: field(user), data: { file: good.jsonl, time: at, speed: 2 } }';
    const before = parseScenario(scenario(fleet), { file }).planHash;
    const { data, key, rate: none, identify } = fleetOf(fleet);
    expect(data).toMatchObject({
      kind: 'file',
      path: 'good.jsonl',
      format: 'jsonl',
      rows: 2,
      bytes: 71,
      loop: false,
      timing: { field: { name: 'at', column: null }, firstNs: 1767603600e9, spanNs: 2e9, speed: 2 },
    });
    expect(key).toEqual({ kind: 'field', field: { name: 'user', column: null } });
    expect(none).toEqual({ stages: [] });
    expect(identify).toEqual({ by: 'sequence-number' });
    write('good.jsonl', '{"at":1767603600,"user":"a","id":1}\n{"at":1767603602,"user":"bb","id":3}\n');
    expect(parseScenario(scenario(fleet), { file }).planHash).not.toBe(before);
  });

  test('finds columns of CSV by name, and bytes a second by the rows', () => {
    const fleet = fleetOf(
      'rate: 120 B/s, record: { key: uniform(9), data: { file: good.csv } }, identify: { field: user }',
    );
    expect(fleet.identify).toEqual({ by: 'field', field: { name: 'user', column: 1 } });
    // 12 B of data and 5 of key.
    expect(fleet.rate.stages[0]!.fromCallsPerS).toBeCloseTo(120 / 17, 6);
  });
});

test.each([
  [
    `${rate}, record: { size: 20 B, key: uniform(9) }`,
    'records of 20 B cannot hold the tag that identifies them — at least 48 B, or identify: sequence-number',
  ],
  [
    `${rate}, record: { key: uniform(9) }`,
    'the records have no size — size: 1 KiB, or data: { json: … } or { file: … }',
  ],
  [
    `${rate}, record: { size: 1 KiB, key: uniform(9), data: zeroes }`,
    '"zeroes" is not known here — did you mean zeros?',
  ],
  [
    `${rate}, record: { size: 1 KiB, key: uniform(9), data: { json: { a: "{id}" } } }`,
    'records of json have the size they have — take it away',
  ],
  [
    `${rate}, record: { key: uniform(9), data: { json: { a: 1 } } }`,
    'nothing in this template identifies a record — write "{id}" in a field',
  ],
  [
    `${rate}, record: { key: uniform(9), data: { json: { a: ["{id}", "x {cuonter}"] } } }`,
    '{cuonter} is no placeholder — did you mean counter?',
  ],
  [
    `${rate}, record: { key: uniform(9), data: { json: { a: "{id} {int(3)}" } } }`,
    '{int(3)} has other arguments — write {int(1, 100)}',
  ],
  [
    `${rate}, record: { key: uniform(9), data: { json: { a: "{id" } } }`,
    'a placeholder that is not closed — write }, or {{ for a brace',
  ],
  [
    'rate: 1 MiB/s, record: { key: uniform(9), data: { json: { a: "{id}" } } }',
    'the size of a record shows only when it is made — write the rate in records/s',
  ],
  [`${rate}, record: { key: field(user), size: 1 KiB }`, 'these records have no fields to take keys from'],
  [
    `${rate}, identify: { field: a }, record: { key: uniform(9), size: 1 KiB }`,
    'these records have no fields — data: { json: … } or { file: … }',
  ],
  [
    `${rate}, record: { key: uniform(9), data: { file: gone.jsonl } }`,
    'gone.jsonl cannot be read: ENOENT — give a path from the scenario’s folder',
  ],
  [`${rate}, record: { key: uniform(9), data: { file: empty.jsonl } }`, 'empty.jsonl has no rows'],
  [
    'record: { key: uniform(9), data: { file: late.jsonl, time: at } }',
    'late.jsonl, row 2: earlier than the row before',
  ],
  ['record: { key: uniform(9), data: { file: odd.jsonl, time: at } }', 'odd.jsonl, row 2: no field at for its time'],
  [
    `${rate}, record: { key: field(user), data: { file: odd.jsonl } }`,
    'odd.jsonl, row 1: no field user for its partition key',
  ],
  [`${rate}, record: { key: field(usr), data: { file: good.csv } }`, 'there is no column "usr" — did you mean user?'],
  [
    'record: { key: uniform(9), data: { file: plain.txt, time: at } }',
    'rows of lines have no fields — format: jsonl or csv',
  ],
  [
    `${rate}, record: { key: uniform(9), data: { file: good.jsonl, time: at } }`,
    'the rows say themselves when they are due',
  ],
  [
    `${rate}, record: { key: uniform(9), data: { file: good.jsonl, speed: 2 } }`,
    'the fleet’s rate says how fast rows go — name the field of their time',
  ],
  ['record: { key: uniform(9), data: { file: good.jsonl } }', 'rate is missing — add rate: to w'],
  [
    `${rate}, identify: tag, record: { key: uniform(9), data: { file: good.jsonl } }`,
    'rows are put as they are and carry no tag',
  ],
  [
    `${rate}, identify: { field: id }, record: { key: uniform(9), data: { file: good.jsonl, loop: true } }`,
    'a file that begins anew repeats its fields',
  ],
  [`${rate}, record: { key: uniform(9), data: { fiel: good.jsonl } }`, 'did you mean file?'],
])('%s', (fleet, fault) => {
  expect(faultOf(fleet)).toContain(fault);
});

test('records of one stream without tags are told apart in one way', () => {
  const other = `  v: { produce: PutRecord, ${rate}, record: { key: uniform(9), data: { file: good.jsonl } }, identify: { field: id } }\n`;
  expect(faultOf(`${rate}, record: { key: uniform(9), data: { file: good.jsonl } }`, other)).toContain(
    'v and w tell the records of s apart in two ways — identify: the same in both',
  );
});

test('aggregated records share their sequence number', () => {
  const fleet = `batch: {}, aggregate: {}, ${rate}, record: { key: uniform(9), data: { file: good.jsonl } }`;
  expect(faultOf(fleet).replace('PutRecord ', '')).toContain('records that are aggregated share a sequence number');
});
