/** What a polling fleet can be told, and what it cannot. */
import { expect, test } from 'vitest';
import { parseScenario } from './parse.ts';
import { parseProcessing, parseStart } from './polling.ts';

const fleetOf = (keys: string) =>
  parseScenario(
    `
name: polling
question: What can a poller be told?
expected: This, or it is wrong.
streams: { events: { shards: 1 } }
fleets:
  writers: { produce: PutRecord, rate: 10 records/s, record: { size: 1 KiB, key: uniform(10) } }
  reader: { ${keys} }
phases: [{ name: steady, for: 10s }]
`,
    { file: 's.yaml' },
  ).plan.fleets[1];

test('defaults are left out, so that plans of before there were choices keep their hash', () => {
  expect(Object.keys(fleetOf('consume: polling')!).toSorted()).toEqual([
    'agents',
    'client',
    'everyNs',
    'from',
    'kind',
    'limit',
    'method',
    'name',
    'pacing',
    'stream',
    'timeoutNs',
  ]);
  expect(fleetOf('consume: polling, idle: always, retry: none')).toEqual(fleetOf('consume: polling'));
});

test('everything', () => {
  const keys = 'from: AT_TIMESTAMP(start - 10s), idle: caught-up, processing: 5ms/record, checkpoint: 10s, retry: sdk';
  expect(fleetOf(`consume: polling, ${keys}`)).toMatchObject({
    from: { atNs: -10e9 },
    idle: 'caught-up',
    processing: { recordNs: 5e6, pageNs: 0 },
    checkpointNs: 10e9,
    retry: { policy: 'sdk', attemptsMax: 3 },
  });
});

test.each([
  ['AT_TIMESTAMP(start)', { atNs: 0 }],
  ['AT_TIMESTAMP(start + 1.5s)', { atNs: 1.5e9 }],
  ['AT_TIMESTAMP( start-2m )', { atNs: -120e9 }],
])('%s', (text, start) => {
  expect(parseStart(text)).toEqual(start);
});

test('processing takes time by the record or by the page', () => {
  expect(parseProcessing('50ms/page')).toEqual({ recordNs: 0, pageNs: 50e6 });
  expect(parseProcessing('0.2 ms / record')).toEqual({ recordNs: 0.2e6, pageNs: 0 });
});

test.each([
  ['consume: polling, from: EARLIEST', '"EARLIEST" is no place to begin — LATEST, TRIM_HORIZON or AT_TIMESTAMP'],
  ['consume: polling, from: AT_TIMESTAMP(10s)', 'is no place to begin'],
  ['consume: polling, processing: 5ms', '"5ms" does not say what takes the time — 5ms/record or 50ms/page'],
  ['consume: polling, processing: 5/page', 'has no unit'],
  ['consume: fan-out, idle: caught-up', 'reader does not poll'],
  ['consume: fan-out, from: AT_TIMESTAMP(10s)', 'is no place to begin'],
])('%s', (keys, message) => {
  expect(() => fleetOf(keys)).toThrow(message);
});
