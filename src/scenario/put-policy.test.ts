import { describe, expect, test } from 'vitest';
import { OperatorError } from '../operator-error.ts';
import { parseScenario } from './parse.ts';
import type { ProduceFleet } from './plan.ts';

const scenario = (fleet: string, expectation = '') => `name: sample
question: Is it so?
expected: It is.
streams: { s: { shards: 1 } }
fleets:
  w: { rate: 10 records/s, record: { size: 100 B, key: uniform(9) }, ${fleet} }
phases: [{ name: steady, for: 30s }]
${expectation}`;

function fleetOf(fleet: string): ProduceFleet {
  const { plan } = parseScenario(scenario(fleet), { file: 's.yaml' });
  return plan.fleets[0] as ProduceFleet;
}

function faultOf(text: string): string {
  try {
    parseScenario(text, { file: 's.yaml' });
  } catch (error) {
    if (error instanceof OperatorError) return error.message;
    throw error;
  }
  throw new Error('no fault');
}

describe('defaults', () => {
  test('are one attempt, unchained, not gathered', () => {
    expect(fleetOf('produce: PutRecord')).toMatchObject({
      batchRecords: 1,
      gather: null,
      retry: { policy: 'none' },
      chain: false,
      aggregate: null,
    });
    expect(fleetOf('produce: PutRecords, batch: 20')).toMatchObject({ batchRecords: 20, gather: null });
  });

  test('of gathering, retries and aggregation are those of the KPL and the SDKs', () => {
    expect(fleetOf('produce: PutRecords, batch: {}, retry: kpl, aggregate: {}')).toMatchObject({
      batchRecords: 1,
      gather: { recordsMax: 500, bytesMax: 5 * 2 ** 20, lingerNs: 100e6 },
      retry: { policy: 'kpl', limitShare: 1.5, timeToLiveNs: 30e9 },
      aggregate: { recordsMax: 10_000, bytesMax: 51_200 },
    });
    expect(fleetOf('produce: PutRecord, retry: sdk').retry).toEqual({ policy: 'sdk', attemptsMax: 3 });
  });

  test('give way to what is written', () => {
    expect(
      fleetOf(
        'produce: PutRecords, batch: { records: 7, bytes: 1 MiB, linger: 1s }, aggregate: { records: 3, bytes: 1 KiB }, retry: { policy: kpl, rate-limit: 90%, time-to-live: 2s }',
      ),
    ).toMatchObject({
      gather: { recordsMax: 7, bytesMax: 2 ** 20, lingerNs: 1e9 },
      retry: { policy: 'kpl', limitShare: 0.9, timeToLiveNs: 2e9 },
      aggregate: { recordsMax: 3, bytesMax: 1024 },
    });
    expect(fleetOf('produce: PutRecord, chain: true, retry: { policy: sdk, attempts: 7 }')).toMatchObject({
      chain: true,
      retry: { policy: 'sdk', attemptsMax: 7 },
    });
  });
});

test.each([
  [
    'produce: PutRecords',
    '6:3: w does not say how many records a call has — batch: 1 to 500, or batch: { linger: 100ms }',
  ],
  ['produce: PutRecords, batch: { recrods: 5 }', '6:100: "recrods" is not a key of batch — did you mean records?'],
  ['produce: PutRecords, batch: { bytes: 20 MiB }', '6:107: a call of 20971520 B is not possible'],
  ['produce: PutRecords, batch: ten', 'batch is "ten" — it must be a whole number'],
  ['produce: PutRecord, batch: { linger: 1s }', 'PutRecord takes one record a call — produce: PutRecords, or no batch'],
  ['produce: PutRecord, retry: sdkk', '"sdkk" is not known here — did you mean sdk?'],
  ['produce: PutRecord, retry: kpl', 'kpl puts failed records back into a buffer, and this fleet has none'],
  ['produce: PutRecord, retry: { policy: sdk, time-to-live: 1s }', 'time-to-live is not a key of the policy sdk'],
  [
    'produce: PutRecord, retry: { policy: sdk, attemps: 1 }',
    '"attemps" is not a key of retry — did you mean attempts?',
  ],
  [
    'produce: PutRecords, batch: {}, retry: { policy: kpl, time-to-live: 90ms }',
    'records would expire before they have lingered',
  ],
  ['produce: PutRecords, batch: {}, retry: { policy: kpl, rate-limit: 0% }', 'nothing would ever be sent'],
  ['produce: PutRecords, batch: 10, chain: true', 'PutRecords knows no SequenceNumberForOrdering — produce: PutRecord'],
  ['produce: PutRecord, aggregate: {}', 'w has nothing to aggregate'],
  ['produce: PutRecords, batch: {}, aggregate: { bytes: 2 MiB }', 'a record of 2097152 B is too large'],
])('%s', (fleet, fault) => {
  expect(faultOf(scenario(fleet))).toContain(fault);
});

test('a rate of calls means nothing where calls are gathered', () => {
  const text = scenario('produce: PutRecords, batch: {}').replace('10 records/s', '10 calls/s');
  expect(faultOf(text)).toContain('how many calls there are depends on how batches fill — write the rate in records/s');
});

test.each([
  ['attempts.count > 0', 'no fleet here has attempts — it needs one with retry: sdk or kpl'],
  ['expired.ratio < 1%', 'no fleet here has expired — it needs one with retry: kpl'],
  ['backoff.mean < 1s', 'no fleet here has backoff — it needs one with retry: sdk or kpl'],
  ['departure.p99 < 1ms', 'no fleet here has departure — it needs one with batch: { linger: 100ms }'],
  ['stream-records.rate > 1 records/s', 'no fleet here has stream-records — it needs one with aggregate'],
])('an expectation of what no fleet does: %s', (line, fault) => {
  expect(faultOf(scenario('produce: PutRecord', `expect: [${JSON.stringify(line)}]\n`))).toContain(fault);
});
