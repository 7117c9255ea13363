/** The calibration on the virtual clock, where there is no noise to excuse anything; and that it finds what it is there to find. */
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { stubNames, type StubName } from './behaviour.ts';
import { calibrate, type CalibrationOptions, type StubReport } from './calibrate.ts';
import { virtualHost } from './hosts.ts';

function calibrated(name: StubName, options: Partial<CalibrationOptions> = {}): Promise<StubReport> {
  const clock = new VirtualClock();
  const stop = new AbortController().signal;
  return clock.runUntilSettled(calibrate(name, virtualHost(clock), { seed: 3, stop, ...options }));
}

describe('what a run reports of a stub is what the stub did', () => {
  test.each(stubNames)('%s', async (name) => {
    const { comparisons, pacingP99Ns } = await calibrated(name);
    expect(comparisons.filter(({ holds }) => !holds)).toEqual([]);
    expect(pacingP99Ns).toBe(0);
    const figures = comparisons.map(({ figure }) => figure);
    expect(figures).toContain('response p99.9, accepted');
    expect(figures).toContain('throughput');
    expect(comparisons.find(({ figure }) => figure === 'offered')!.known).toBeGreaterThan(10_000);
    if (name === 'throttle') expect(figures).toContain('service p90, throttled');
    if (name === 'errors') expect(comparisons.find(({ figure }) => figure === 'failed')!.known).toBeGreaterThan(50);
    if (name === 'stall') {
      const worst = comparisons.find(({ figure }) => figure === 'response p99.9, accepted')!;
      expect(worst.known / 1e6).toBeGreaterThan(1300);
    }
  });
});

test('an error of unit where latencies are recorded is found: percentiles are off, and more was timed than happened', async () => {
  const { comparisons } = await calibrated('fixed', { plant: 'unit-error' });
  const broken = comparisons.filter(({ holds }) => !holds);
  expect(broken.map(({ figure }) => figure)).toContain('accepted, timed');
  const median = broken.find(({ figure }) => figure === 'response p50, accepted')!;
  expect([median.known / 1e6, Math.round(median.reported! / 1e6)]).toEqual([200, 101]);
});
