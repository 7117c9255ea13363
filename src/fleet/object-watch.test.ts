/** When a bucket is looked at, and in which order what is new in it is read. */
import { expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import type { ListedObject, ObjectSource } from '../wire/object-source.ts';
import { ObjectWatch } from './object-watch.ts';
import { record, watching } from './watching.test-data.ts';

/** A bucket that takes some time to answer a listing, and notes what it is asked. */
class Bucket implements ObjectSource {
  readonly listedNs: number[] = [];
  readonly keys: string[] = [];
  objects: ListedObject[] = [];
  answersNs = 0;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  async list() {
    this.listedNs.push(this.#clock.monotonicNs());
    await this.#clock.sleepUntil(this.#clock.monotonicNs() + this.answersNs);
    return { kind: 'ok', value: this.objects } as const;
  }

  read(_bucket: string, key: string) {
    this.keys.push(key);
    return Promise.resolve({ kind: 'ok', value: { body: record(this.keys.length) } } as const);
  }

  remove() {
    return Promise.resolve({ kind: 'ok', value: null } as const);
  }

  close() {}
}

async function watched(seconds: number, prepare: (bucket: Bucket) => void): Promise<Bucket> {
  const clock = new VirtualClock();
  const bucket = new Bucket(clock);
  prepare(bucket);
  const { agent, context, books } = watching(clock, bucket);
  const stop = new AbortController();
  const running = new ObjectWatch(agent, context, books, 1e9).run(stop.signal);
  await clock.advance(seconds * 1e9);
  stop.abort();
  await clock.advance(10e9);
  await running;
  return bucket;
}

test('a listing is due every second from a random phase on, however long the one before took', async () => {
  const { listedNs } = await watched(100, (bucket) => (bucket.answersNs = 300e6));
  const [first] = listedNs as [number];
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(1e9);
  expect(listedNs).toEqual(Array.from({ length: 100 }, (_, slot) => first + slot * 1e9));
});

test('a slot that a slow answer runs over is left out, and the next one is at its time', async () => {
  const { listedNs } = await watched(20, (bucket) => (bucket.answersNs = 1.5e9));
  const [first] = listedNs as [number];
  expect(listedNs).toEqual(Array.from({ length: 10 }, (_, slot) => first + slot * 2e9));
});

test('what is new is read once, in the order in which it was written', async () => {
  const object = (key: string, lastModifiedMs: number) => ({ key: `p/${key}`, bytes: 1024, lastModifiedMs });
  const bucket = await watched(3, (each) => (each.objects = [object('c', 1), object('a', 3), object('b', 2)]));
  expect(bucket.keys).toEqual(['p/c', 'p/b', 'p/a']);
});
