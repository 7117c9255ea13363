/** Buckets of objects in memory, on a clock. No sockets and no protocol: a program may write and read it beside S3's clients. */
import type { Clock } from '../clock.ts';
import { Bucket, compareKeys, type NewObject, type Room, type StoredObject } from './bucket.ts';
import { S3Error } from './s3-error.ts';

/** How a store is set up. */
export interface StoreOptions {
  /** What the objects count for; no bound by default. */
  readonly room?: Room;
}

/** Down, it takes no object; what it has can be read and deleted all the same. */
export const storeStates = ['up', 'down'] as const;
export type StoreState = (typeof storeStates)[number];

/** Buckets there may be. */
export const BUCKETS_MAX = 10_000;
const BUCKET_NAME = /^(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Buckets by name; there is one owner, and no region. */
export class ObjectStore {
  readonly room: Room;
  /** Up at first. */
  state: StoreState = 'up';
  readonly #clock: Pick<Clock, 'now'>;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Pick<Clock, 'now'>, options: StoreOptions = {}) {
    this.room = options.room ?? { bytes: 0, allows: () => true };
    this.#clock = clock;
  }

  /** Milliseconds since the epoch. */
  get nowMs(): number {
    return this.#clock.now();
  }

  /** Every bucket, by name. */
  get buckets(): Bucket[] {
    return [...this.#buckets.values()].sort((a, b) => compareKeys(a.name, b.name));
  }

  /** Throws 503 SlowDown where the store is down. */
  assertWritable(): void {
    if (this.state === 'down') throw new S3Error('SlowDown');
  }

  /** Creates a bucket; false where it was there. */
  createBucket(name: string): boolean {
    if (!this.#buckets.has(name) && !BUCKET_NAME.test(name)) throw new S3Error('InvalidBucketName');
    return this.ensureBucket(name);
  }

  /** The same whatever its name: Data Firehose takes names that S3 gave out before it had rules for them. */
  ensureBucket(name: string): boolean {
    if (this.#buckets.has(name)) return false;
    if (this.#buckets.size >= BUCKETS_MAX) throw new S3Error('TooManyBuckets');
    this.#buckets.set(name, new Bucket(name, this.nowMs, this.room));
    return true;
  }

  /** Deletes a bucket that holds nothing; unfinished uploads go with it (AWS asks that they be aborted first). */
  deleteBucket(name: string): void {
    const bucket = this.bucket(name);
    if (bucket.size > 0) throw new S3Error('BucketNotEmpty');
    bucket.clear();
    this.#buckets.delete(name);
  }

  /** A bucket that is there. */
  bucket(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (!bucket) throw new S3Error('NoSuchBucket');
    return bucket;
  }

  /** Puts an object into a bucket that is there; throws an S3Error where it is not taken. */
  put(bucket: string, key: string, object: NewObject): StoredObject {
    this.assertWritable();
    return this.bucket(bucket).put(key, object, this.nowMs);
  }

  get(bucket: string, key: string): StoredObject | undefined {
    return this.#buckets.get(bucket)?.get(key);
  }

  /** Forgets everything, and is up. */
  clear(): void {
    this.state = 'up';
    for (const bucket of this.#buckets.values()) bucket.clear();
    this.#buckets.clear();
  }
}
