/**
 * The reader of HTTP/1.1 under cut, changed and spliced requests: it never throws, says the same however the bytes are cut,
 * and gives a request back only with the body it came with.
 */
import assert from 'node:assert/strict';
import { Random } from '../src/random.ts';
import { Http1Reader, type Http1Read } from '../src/reference/transport/http1-request.ts';
import { mutate } from './mutation.ts';
import { bytesOf, once, pick } from './value.ts';

const BODY_BYTES_MAX = 2000;
const lines = [
  'Host: x',
  'host: y',
  'Connection: close',
  'Connection: keep-alive',
  'Expect: 100-continue',
  'X-A: 1',
  'x-a:  2 ',
  'X-Empty:',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip',
  'Content-Length: 5',
  'Content-Length : 5',
  ' folded',
  `X-Long: ${'a'.repeat(3000)}`,
  `X-Longer: ${'b'.repeat(32_650)}`,
];

/** A request that is mostly right. */
function request(random: Random): Buffer {
  const body = bytesOf(random, once(random, 20) ? 2 * BODY_BYTES_MAX : 40);
  const chunked = once(random, 2);
  const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`;
  const more = Array.from({ length: random.below(4) }, () => pick(random, once(random, 4) ? lines : lines.slice(2, 8)));
  const head = `POST /${'p'.repeat(random.below(30))} HTTP/1.${once(random, 8) ? 0 : 1}`;
  const text = [head, 'Host: reference', framing, ...more, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(text, 'latin1'), chunked ? inChunks(body, random) : body]);
}

function inChunks(body: Buffer, random: Random): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const piece = body.subarray(at, at + 1 + random.below(30));
    const extension = pick(random, ['', '', '', ' ', ';a=b', `;${'e'.repeat(252)}`, `;${'e'.repeat(255)}`]);
    parts.push(Buffer.from(`${piece.length.toString(16)}${extension}\r\n`), piece, Buffer.from('\r\n'));
    at += piece.length;
  }
  const trailers = once(random, 5) ? 'Trailer: t\r\nOther: o\r\n' : '';
  return Buffer.concat([...parts, Buffer.from(`0\r\n${trailers}\r\n`)]);
}

/** Everything that a reader says to the bytes between the cuts; a fault ends it. Questions are left out: they depend on the cut. */
function read(bytes: Buffer, cuts: readonly number[]): Http1Read[] {
  const reader = new Http1Reader(BODY_BYTES_MAX);
  const said: Http1Read[] = [];
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    reader.push(Buffer.from(bytes.subarray(from, to)));
    from = to;
    for (;;) {
      const one = reader.read();
      if (one === 'more') break;
      if (one === 'continue') continue;
      said.push(one);
      if ('refused' in one) return said;
    }
  }
  return said;
}

/** Sends `rounds` conversations. Throws with the bytes of the first that is read in two ways. */
export function fuzzHttp1(seed: number, rounds: number): number {
  const random = new Random(seed).fork('http1');
  const others: Buffer[] = Array.from({ length: 20 }, () => request(random));
  let requests = 0;
  for (let round = 0; round < rounds; round += 1) {
    let bytes: Buffer = Buffer.concat(Array.from({ length: 1 + random.below(3) }, () => request(random)));
    const changed = !once(random, 3);
    if (changed) bytes = mutate(bytes, random, others);
    others[round % others.length] = bytes.subarray(0, 4000);
    try {
      const whole = read(bytes, []);
      for (const one of whole) if (typeof one === 'object' && 'method' in one) requests += 1;
      for (let turn = 0; turn < 4; turn += 1) {
        const cuts = Array.from({ length: 1 + random.below(8) }, () => random.below(bytes.length + 1));
        const near = bytes.indexOf('\r\n\r\n');
        // Where a head or a line ends is where readers disagree.
        if (near >= 0 && once(random, 2)) cuts.push(Math.min(bytes.length, near + random.below(5)));
        const inPieces = read(
          bytes,
          cuts.toSorted((a, b) => a - b),
        );
        assert.deepEqual(inPieces, whole, `cut at ${cuts.join(', ')}`);
      }
      if (bytes.length < 2000) assert.deepEqual(read(bytes, [...bytes.keys()]), whole, 'byte by byte');
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      throw new Error(
        `HTTP/1.1 reader: ${what.slice(0, 2000)}\nseed ${seed}, round ${round}: npm run fuzz -- --seed ${seed} --count 1\n${bytes.toString('base64')}`,
        { cause: error },
      );
    }
  }
  return requests;
}
