/** The two forms of bodies. Answers come in the form of their request, unless they say otherwise (emulators do). */
import type { BodyBuffer } from './body-buffer.ts';
import { readCbor } from './cbor-reader.ts';
import { writeCbor } from './cbor-writer.ts';
import { readJson, writeJson } from './json-body.ts';

export const encodings = ['json', 'cbor'] as const;
export type Encoding = (typeof encodings)[number];

export interface Codec {
  readonly contentType: string;
  readonly write: (into: BodyBuffer, value: unknown) => void;
  /** undefined for a body of another form; bytes are Buffers in CBOR and base64 texts in JSON. */
  readonly read: (body: Buffer) => unknown;
}

const codecs: Readonly<Record<Encoding, Codec>> = {
  json: { contentType: 'application/x-amz-json-1.1', write: writeJson, read: readJson },
  cbor: { contentType: 'application/x-amz-cbor-1.1', write: writeCbor, read: readCbor },
};

export function codecOf(encoding: Encoding): Codec {
  return codecs[encoding];
}

/** What a body says, read as its content type names it, else in the form of the request; null when it is empty. */
export function readBody(body: Buffer, contentType: string, asked: Codec): unknown {
  if (body.length === 0) return null;
  if (contentType.includes('json')) return codecs.json.read(body);
  if (contentType.includes('cbor')) return codecs.cbor.read(body);
  return asked.read(body);
}
