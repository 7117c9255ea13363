/** Where delivery streams write: any store of objects. The one here keeps them in memory, for tests and until another is given. */

/** One object as it is delivered. */
export interface DestinationObject {
  readonly bucket: string;
  readonly key: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  /** Undefined where nothing is compressed. */
  readonly contentEncoding: string | undefined;
}

/** Takes objects; rejects for one that it did not take, which is then tried again. */
export interface Destination {
  write(object: DestinationObject): Promise<void>;
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
}
