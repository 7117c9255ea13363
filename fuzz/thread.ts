/** The thread that fuzzes: see fuzz.ts. */
import { workerData } from 'node:worker_threads';
import { NS_PER_S, systemClock } from '../src/clock.ts';
import { fuzzCbor } from './cbor.ts';
import type { FuzzOrder } from './fuzz.ts';
import { fuzzHttp1 } from './http1.ts';
import { operationNames } from './output.ts';
import { runSession } from './session.ts';

/** Of each kind, for one seed. */
const STEPS = 2000;
const ROUNDS = 300;

const order = workerData as FuzzOrder;
const pulse = new Int32Array(order.pulse);
const untilNs = systemClock.monotonicNs() + order.seconds * NS_PER_S;
const statuses = new Map<number, number>();
const succeeded = new Set<string>();
let requests = 0;
let seeds = 0;
for (; seeds < order.count && systemClock.monotonicNs() < untilNs; seeds += 1) {
  const seed = order.seed + seeds;
  pulse[0] = seed;
  const result = await runSession(seed, STEPS, { onStep: () => (pulse[1]! += 1) });
  requests += result.requests;
  for (const [status, times] of result.statuses) statuses.set(status, (statuses.get(status) ?? 0) + times);
  for (const operation of result.succeeded) succeeded.add(operation);
  fuzzHttp1(seed, ROUNDS);
  pulse[1]! += 1;
  fuzzCbor(seed, ROUNDS);
  pulse[1]! += 1;
}
const counted = [...statuses].toSorted(([a], [b]) => a - b).map(([status, times]) => `${times} × ${status}`);
console.log(
  `${seeds} seeds, ${requests} requests (${counted.join(', ')}), ${seeds * ROUNDS} conversations, ${seeds * ROUNDS} bodies: all held`,
);
const never = operationNames.filter((name) => !succeeded.has(name));
if (never.length > 0) console.log(`never succeeded: ${never.join(', ')}`);
