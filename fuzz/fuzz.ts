/**
 * `npm run fuzz`: seed after seed through everything that is fuzzed, until the time is over or the count is reached.
 * `-- --seconds 60 --seed 7` begins at seed 7 and takes a minute; `-- --seed 7 --count 1` repeats one. The work is done in a
 * thread of its own, so that a step which never ends is found too.
 */
import { Worker } from 'node:worker_threads';
import { NS_PER_S, sleepFor, systemClock } from '../src/clock.ts';
import { freshSeed } from '../src/random.ts';
import { asked, scriptOptions, wholeNumber } from '../src/script-options.ts';

/** What the thread is told to do. */
export interface FuzzOrder {
  readonly seed: number;
  /** Seeds to take. */
  readonly count: number;
  /** For how long, in seconds. */
  readonly seconds: number;
  /** Counts every step of any kind: seed, step. */
  readonly pulse: SharedArrayBuffer;
}

const SECONDS = 60;
/** A step is over in milliseconds; the slowest ever seen took one second on a busy machine. */
const STUCK_AFTER_S = 60;

const { seed, count, seconds } = asked(() => {
  const values = scriptOptions({ seed: { type: 'string' }, count: { type: 'string' }, seconds: { type: 'string' } });
  const numberOf = (name: keyof typeof values) =>
    values[name] === undefined ? undefined : wholeNumber(name, values[name]);
  return {
    seed: numberOf('seed') ?? freshSeed() % 1_000_000_000,
    count: numberOf('count') ?? Number.POSITIVE_INFINITY,
    seconds: numberOf('seconds') ?? (values.count === undefined ? SECONDS : Number.POSITIVE_INFINITY),
  };
});

console.log(`fuzz from seed ${seed}: npm run fuzz -- --seed ${seed}`);

const pulse = new SharedArrayBuffer(8);
const order: FuzzOrder = { seed, count, seconds, pulse };
const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: order });
const over = new AbortController();
worker.on('error', (error) => {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
});
worker.on('exit', () => over.abort());
const view = new Int32Array(pulse);
for (let before = -1; !over.signal.aborted; before = view[1]!) {
  await sleepFor(systemClock, STUCK_AFTER_S * NS_PER_S, over.signal);
  if (over.signal.aborted || view[1] !== before) continue;
  console.error(
    `seed ${view[0]}, step ${before} has not ended for ${STUCK_AFTER_S} s: npm run fuzz -- --seed ${view[0]} --count 1`,
  );
  process.exitCode = 1;
  await worker.terminate();
}
