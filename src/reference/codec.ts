/**
 * How a request is read and an answer is written: JSON 1.1 or CBOR. The answer speaks as the request did. Records are
 * written straight from the log's bytes into the answer; the other members are few.
 */
import { cborCodec } from './codec-cbor.ts';
import { jsonCodec } from './codec-json.ts';
import type { Faults } from './faults.ts';
import type { RecordPage } from './record-page.ts';

/** One form of the bodies. */
export interface Codec {
  /** The content type of its answers. */
  readonly contentType: string;
  /** How it writes a blob. */
  readonly blobs: 'base64' | 'bytes';
  /** The members in a body; undefined when it holds anything else than one structure. */
  decode(body: Uint8Array): Record<string, unknown> | undefined;
  /** The body of a structure. */
  encode(value: object): Uint8Array;
  /** The body of a structure that has the page as `Records`, and the members of `rest`. */
  encodeRecords(page: RecordPage, rest: object): Buffer;
}

/** The codecs of one endpoint. */
export class Codecs {
  readonly json = jsonCodec;
  readonly #byType: ReadonlyMap<string, Codec>;

  constructor(faults: Faults) {
    const cbor = cborCodec(faults);
    this.#byType = new Map([
      [jsonCodec.contentType, jsonCodec],
      ['application/json', jsonCodec],
      [cbor.contentType, cbor],
    ]);
  }

  /** The codec for a content type without its parameters; undefined when there is none. */
  of(contentType: string): Codec | undefined {
    return this.#byType.get(contentType);
  }
}
