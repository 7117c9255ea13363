/** Every way in which a generator can be overloaded is brought about, and must make the run invalid under its own name. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { NS_PER_MS, sleepFor, systemClock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { HealthMonitor, type ThreadHealth } from '../fleet/health.ts';
import { LatencyHistogram } from '../measure/histogram.ts';
import type { CountDoc, LatencyDoc } from '../result.ts';
import { latencyDoc } from '../run/documents.ts';
import { judgeValidity, type RunHealth } from './validity.ts';
import { verdictOf } from './verdict.ts';

const rested: ThreadHealth = {
  loopDelayP99Ns: 1e6,
  utilization: 0.2,
  cpuShare: 0.2,
  cpuWaitShare: 0.01,
  gcShare: 0.01,
  gcPauseNsMax: 3e6,
};
const count = (metric: CountDoc['metric'], of: number): CountDoc => ({
  fleet: 'w',
  phase: null,
  metric,
  count: of,
  bytes: 0,
});

function latency(metric: 'lateness' | 'setup', ns: number): LatencyDoc {
  const histogram = new LatencyHistogram();
  for (let call = 0; call < 2000; call += 1) {
    histogram.record(ns);
    histogram.event();
  }
  return latencyDoc({ fleet: 'w', metric, outcome: 'sent', histogram }, null);
}

const healthy: RunHealth = {
  threads: [rested],
  fleets: ['w'],
  counts: [count('offered', 2000), count('accepted', 2000), count('queued', 0), count('skipped', 0)],
  latencies: [latency('lateness', 1e6), latency('setup', 1e5)],
  errors: [],
  precise: false,
  died: null,
};

/** Names of the checks that fail, and the exit code of a run that is otherwise good. */
function failing(change: Partial<RunHealth>) {
  const validity = judgeValidity({ ...healthy, ...change });
  const ledger = { verdicts: [] } as unknown as Parameters<typeof verdictOf>[0]['ledger'];
  const { exitCode, reasons } = verdictOf({ ledger, validity, expectations: [], interrupted: false });
  const names = validity.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name);
  expect(exitCode).toBe(names.length > 0 ? ExitCode.invalid : ExitCode.pass);
  for (const name of names) expect(reasons.join('; ')).toContain(`${name}: `);
  return names;
}

/** What a monitor says of some work in this very thread. */
async function healthOf(work: () => Promise<void>): Promise<ThreadHealth> {
  await sleepFor(systemClock, 20 * NS_PER_MS);
  const monitor = new HealthMonitor(systemClock);
  await work();
  return monitor.end();
}

function block(ms: number): void {
  const untilNs = systemClock.monotonicNs() + ms * NS_PER_MS;
  while (systemClock.monotonicNs() < untilNs);
}

test('a generator at rest is valid', () => {
  expect(failing({})).toEqual([]);
});

test('event loop: blocked for 120 ms now and then', async () => {
  const health = await healthOf(async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      block(120);
      await sleepFor(systemClock, 30 * NS_PER_MS);
    }
  });
  expect(health.loopDelayP99Ns).toBeGreaterThan(100 * NS_PER_MS);
  expect(failing({ threads: [rested, { ...rested, loopDelayP99Ns: health.loopDelayP99Ns }] })).toEqual(['event loop']);
});

test('CPU: no idle time left', async () => {
  const health = await healthOf(async () => block(300));
  expect(health.utilization).toBeGreaterThan(0.99);
  expect(health.cpuShare).toBeGreaterThan(0);
  const worked = { ...rested, utilization: health.utilization };
  expect(failing({ threads: [worked, rested] })).toEqual(['generator CPU']);
  // A thread that looks at the clock all the time is busy by design.
  expect(failing({ threads: [worked], precise: true })).toEqual([]);
});

test('garbage: a thread that collects most of the time, and one long pause', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const health = await healthOf(async () => {
    for (let turn = 0; turn < 20; turn += 1) collect();
    await sleepFor(systemClock, NS_PER_MS);
  });
  expect(health.gcShare).toBeGreaterThan(0.1);
  expect(health.gcPauseNsMax).toBeGreaterThan(0);
  expect(failing({ threads: [{ ...rested, gcShare: health.gcShare }] })).toEqual(['garbage collection']);
  expect(failing({ threads: [{ ...rested, gcPauseNsMax: 260e6 }] })).toEqual(['garbage collection']);
});

test('sockets: none left on this machine, or too long until one is open', () => {
  const error = { fleet: 'w', operation: 'PutRecord', code: 'connection-unreachable', count: 3 };
  expect(
    failing({ errors: [{ ...error, message: 'connect EMFILE 127.0.0.1:80 - Local (undefined:undefined)' }] }),
  ).toEqual(['sockets']);
  expect(failing({ errors: [{ ...error, message: 'connect ECONNREFUSED 127.0.0.1:80' }] })).toEqual([]);
  expect(failing({ latencies: [latency('lateness', 1e6), latency('setup', 60e6)] })).toEqual(['sockets']);
});

test('a generator that is late says how long it had no CPU, where the system tells', async () => {
  const latencies = [latency('lateness', 70e6), latency('setup', 1e5)];
  const observed = (threads: readonly ThreadHealth[]) =>
    judgeValidity({ ...healthy, latencies, threads }).find(({ name }) => name === 'lateness')?.observed;
  expect(observed([rested, { ...rested, cpuWaitShare: 0.12 }])).toBe(
    'p99 70.0 ms (w), and for 12.0 % of the time a thread of the generator wanted to run while other programs had the CPU',
  );
  expect(observed([{ ...rested, cpuWaitShare: null }])).toBe('p99 70.0 ms (w)');
  const { cpuWaitShare } = await healthOf(() => sleepFor(systemClock, NS_PER_MS));
  expect(cpuWaitShare === null || (cpuWaitShare >= 0 && cpuWaitShare <= 1)).toBe(true);
  if (process.platform === 'linux') expect(cpuWaitShare).not.toBeNull();
});

test('lateness and load that was skipped say whether calls waited for one another', () => {
  const counts = [count('offered', 2000), count('accepted', 1990), count('queued', 500), count('skipped', 10)];
  const latencies = [latency('lateness', 70e6), latency('setup', 1e5)];
  expect(failing({ counts, latencies })).toEqual(['lateness', 'offered load']);
  const [first] = judgeValidity({ ...healthy, counts, latencies }).filter(({ name }) => name === 'lateness');
  expect(first!.observed).toContain('25.0 % of the records waited');
});

test('a fleet that got no answer, and a target that died', () => {
  expect(failing({ fleets: ['w', 'other'] })).toEqual(['samples']);
  expect(failing({ died: 'it exited with 1' })).toEqual(['target']);
});
