import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { CpuMeter } from './cpu-meter.ts';
import { Timeline } from './timeline.ts';

const BURNT_NS = 50e6;

/** Keeps the thread on a CPU, by its own account of it. */
function burn(): void {
  const before = process.threadCpuUsage();
  for (let round = 0; round < 1e6; round += 1) {
    hash('sha256', `${round}`);
    const { user, system } = process.threadCpuUsage(before);
    if ((user + system) * 1000 >= BURNT_NS) return;
  }
}

const phase = (name: string, measure: boolean) => ({ kind: 'timed', name, durationNs: 1e9, measure }) as const;

test.each([
  ['of a measured phase', 1.5e9, (cpuNs: number) => expect(cpuNs).toBeGreaterThanOrEqual(BURNT_NS)],
  ['not of the warm-up', 0.5e9, (cpuNs: number) => expect(cpuNs).toBeLessThan(BURNT_NS)],
])('CPU %s is counted', async (_, atNs, holds) => {
  const clock = new VirtualClock();
  const meter = new CpuMeter(new Timeline([phase('warm-up', false), phase('steady', true)]), clock);
  const work = clock.sleepUntil(atNs).then(burn);
  await clock.advance(2e9);
  await work;
  holds(await meter.end());
});

test('a load that ends early has what was spent until then', async () => {
  const clock = new VirtualClock();
  const meter = new CpuMeter(new Timeline([phase('steady', true)]), clock);
  await clock.advance(0.5e9);
  burn();
  expect(await meter.end()).toBeGreaterThanOrEqual(BURNT_NS);
});
