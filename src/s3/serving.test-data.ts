/** An S3 without sockets that tests ask by lines. */
import { crc32 } from 'node:zlib';
import { VirtualClock } from '../clock.ts';
import { Random } from '../random.ts';
import { s3Handler } from './handler.ts';
import { ObjectStore, type StoreOptions } from './store.ts';

const authorization =
  'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0';

/** With a bucket `lake`; `ask('PUT /lake/a', 'body')` asks, and `codeOf` reads what was refused. */
export function serving(options: StoreOptions = {}) {
  const clock = new VirtualClock();
  const store = new ObjectStore(clock, options);
  const handle = s3Handler(store, { random: new Random(1), signed: true });
  const ask = (line: string, body: string | Uint8Array = '', headers: Record<string, string> = {}) => {
    const [method = '', path = ''] = line.split(' ');
    const answer = handle({ method, path, headers: { authorization, ...headers }, body: Buffer.from(body) });
    return { ...answer, text: Buffer.from(answer.body).toString() };
  };
  ask('PUT /lake');
  return { store, clock, ask, handle };
}

/** All the texts of an element. */
export function textsOf({ text }: { text: string }, element: string): string[] {
  return [...text.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, found]) => found!);
}

/** Status and code of an answer. */
export function refusalIn(answer: { status: number; text: string }): [number, string | undefined] {
  return [answer.status, textsOf(answer, 'Code')[0]];
}

export function crcOf(text: string | Uint8Array): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString('base64');
}
