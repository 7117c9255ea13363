/**
 * Requests that nobody would send, and such as everybody does, in sessions that follow from a seed: whatever is sent is
 * answered by the protocol, nothing is left behind, and other streams are unharmed. `npm run fuzz` takes longer.
 */
import { expect, test } from 'vitest';
import { fuzzCbor } from '../../fuzz/cbor.ts';
import { fuzzHttp1 } from '../../fuzz/http1.ts';
import { operationNames } from '../../fuzz/output.ts';
import { runSession } from '../../fuzz/session.ts';
import { operations } from './streams/operations.ts';

const seeds = Array.from({ length: 12 }, (_, index) => index + 1);

test('what is fuzzed is everything there is', () => {
  expect(operationNames.toSorted()).toEqual(Object.keys(operations).toSorted());
});

test(
  'sessions of every kind: every answer holds, and every operation succeeds somewhere',
  { timeout: 120_000 },
  async () => {
    const succeeded = new Set<string>();
    for (const seed of seeds) {
      const result = await runSession(seed, 800);
      expect([...result.statuses.keys()].filter((status) => ![200, 400, 403, 404, 500].includes(status))).toEqual([]);
      for (const operation of result.succeeded) succeeded.add(operation);
    }
    expect(operationNames.filter((name) => !succeeded.has(name))).toEqual([]);
  },
);

test.each<[string, number, RegExp]>([
  ['iter.crash-on-garbage', 1, /an InternalFailure/],
  ['api.type-missing', 1, /an error without a type/],
  ['api.unknown-op-200', 1, /an unknown operation succeeds/],
  ['seq.hex', 1, /no sequence number/],
  ['batch.count-wrong', 6, /the failed count/],
  ['log.ack-then-drop', 17, /reads otherwise/],
  ['ret.delete-on-read', 1, /reads otherwise/],
  ['efo.bad-crc', 28, /wrong checksum/],
  ['efo.immortal', 16, /a subscription lives/],
])('it finds what is wrong: %s, from seed %i on', { timeout: 120_000 }, async (fault, first, what) => {
  // The first seed is the one that shows it; the others are for when requests are made otherwise than today.
  const found = async () => {
    for (let seed = first; seed < first + 60; seed += 1) await runSession(seed, 800, { faults: [fault] });
  };
  await expect(found()).rejects.toThrow(what);
});

test('HTTP/1.1: however the bytes are cut, the reader says the same', { timeout: 120_000 }, () => {
  expect(fuzzHttp1(1, 1500)).toBeGreaterThan(500);
});

test('CBOR: our reader and cborg take the same for the same', { timeout: 120_000 }, () => {
  expect(fuzzCbor(1, 3000)).toBeGreaterThan(500);
});
