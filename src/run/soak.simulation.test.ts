/** An hour on the virtual clock: what a run holds does not grow with its length, but for what the endpoint stores. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { NS_PER_S } from '../clock.ts';
import { simulateShipped } from './shipped.test-data.ts';

/** Bytes that a record may leave behind, the 200 B of it that the reference stores included. */
const RECORD_BYTES_MAX = 600;
const BINS_MAX = 600;

/** Bytes in use, after what is not has been collected. Buffers that one collection finds are given back by the next. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  for (let turn = 0; turn < 3; turn += 1) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test('from its first quarter to its end a run holds no more than its records make', async () => {
  const held: { leftNs: number; bytes: number }[] = [];
  const [result] = await simulateShipped('soak', {
    onProgress: (progress) => {
      if (progress.kind !== 'load') return;
      const last = held.at(-1);
      // Every ten minutes: collecting takes longer than the minutes themselves.
      if (last === undefined || last.leftNs - progress.leftNs >= 600 * NS_PER_S)
        held.push({ leftNs: progress.leftNs, bytes: heldBytes() });
    },
  });
  const [, early] = held;
  const late = held.at(-1)!;
  const records = (10 * (early!.leftNs - late.leftNs)) / NS_PER_S;
  expect(records).toBeGreaterThan(20_000);
  const grown = held.map(({ bytes }) => Math.round(bytes / 2 ** 10));
  expect((late.bytes - early!.bytes) / records, `KiB held: ${grown.join(', ')}`).toBeLessThan(RECORD_BYTES_MAX);
  expect(result!.series.bins).toBeLessThanOrEqual(BINS_MAX + 1);
});
