/** Where delivery streams write: the S3 of the endpoint, or any other store of objects; `HeldObjects` is a list of them, for tests. */
import type { ObjectStore } from '../../s3/store.ts';

/** One object as it is delivered. */
export interface DestinationObject {
  readonly bucket: string;
  readonly key: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  /** Undefined where nothing is compressed. */
  readonly contentEncoding: string | undefined;
  /** What its buffer takes of the memory, and gives back once it is delivered: there is room for the object where there is for that. */
  readonly freedBytes?: number;
  /** What is said of it beside it, by names; ASCII. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Takes objects; rejects for one that it did not take, which is then tried again. */
export interface Destination {
  write(object: DestinationObject): Promise<void>;
  /** What an object holds; undefined where there is none. Needed where the SQL for Redshift asks for contents. */
  read?(bucket: string, key: string): Promise<Uint8Array | undefined>;
}

/** Whether a destination took an object; why it did not makes no difference. */
export async function taken(destination: Destination, object: DestinationObject): Promise<boolean> {
  try {
    await destination.write(object);
    return true;
  } catch {
    return false;
  }
}

/** Objects in memory. Of more than `bytesMax` bytes the oldest objects are given up. */
export class HeldObjects implements Destination {
  readonly #bytesMax: number;
  #objects: DestinationObject[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** What is held, in the order of writing. */
  get objects(): readonly DestinationObject[] {
    return this.#objects;
  }

  write(object: DestinationObject): Promise<void> {
    this.#objects.push(object);
    this.#bytes += object.body.length;
    let gone = 0;
    for (; this.#bytes > this.#bytesMax && gone < this.#objects.length - 1; gone += 1) {
      this.#bytes -= this.#objects[gone]!.body.length;
    }
    if (gone > 0) this.#objects = this.#objects.slice(gone);
    return Promise.resolve();
  }

  read(bucket: string, key: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#objects.findLast((object) => object.bucket === bucket && object.key === key)?.body);
  }
}

/** Writes into a store. A bucket that is not there is made: nothing of kinebench has to be told to make it (AWS refuses instead). */
export function storeDestination(store: ObjectStore): Destination {
  return {
    write({ bucket, key, body, contentType, contentEncoding, freedBytes, metadata = {} }) {
      const said = Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
      const headers = {
        'content-type': contentType,
        ...(contentEncoding && { 'content-encoding': contentEncoding }),
        ...Object.fromEntries(said),
      };
      try {
        store.assertWritable();
        store.ensureBucket(bucket);
        store.put(bucket, key, { body, headers, freedBytes });
        return Promise.resolve();
      } catch (error) {
        return Promise.reject(error);
      }
    },
    read: (bucket, key) => Promise.resolve(store.get(bucket, key)?.body),
  };
}
