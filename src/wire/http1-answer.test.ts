/** The reader of answers: every framing that HTTP/1.1 has, however the bytes are cut, and nothing that only looks like one. */
import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import { type AnswerHead, AnswerReader, Malformed } from './http1-answer.ts';

interface Seen {
  readonly heads: AnswerHead[];
  body: string;
  /** Bytes that belonged to the answer. */
  used: number;
  whole: boolean;
}

/** Reads an answer that comes in these pieces; the memory of a piece is spoilt once it was read. */
function read(pieces: readonly Buffer[]): Seen {
  const seen: Seen = { heads: [], body: '', used: 0, whole: false };
  const reader = new AnswerReader({
    onHead: (head) => seen.heads.push(head),
    onBody: (bytes, from, to) => (seen.body += bytes.toString('latin1', from, to)),
  });
  reader.begin();
  for (const piece of pieces) {
    const lent = Buffer.from(piece);
    seen.used += reader.read(lent);
    lent.fill(0x58);
  }
  seen.whole = reader.done;
  return seen;
}

const json = '{"ShardId":"shardId-000000000000"}';
const type = 'Content-Type: application/x-amz-json-1.1';
const answers: Readonly<Record<string, string>> = {
  'a length': `HTTP/1.1 200 OK\r\n${type}\r\nContent-Length: ${json.length}\r\n\r\n${json}`,
  'a length of zero': 'HTTP/1.1 200\r\nconTENT-length:0\r\n\r\n',
  'no content': 'HTTP/1.1 204 No Content\r\nX: y\r\n\r\n',
  chunks: `HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\n${json.slice(0, 5)}\r\n1d;a="b"\r\n${json.slice(5)}\r\n000\r\n\r\n`,
  'chunks and trailers': `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n22\r\n${json}\r\n0\r\nx-checksum: 1\r\ny: z\r\n\r\n`,
  'a continue before it': `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 34\r\n\r\n${json}`,
};

describe('an answer', () => {
  test.each(Object.entries(answers))('with %s is whole with its last byte, and not before', (_, text) => {
    const bytes = Buffer.from(text);
    const expected = read([bytes]);
    expect(expected).toMatchObject({ whole: true, used: bytes.length });
    expect(expected.heads.at(-1)).toMatchObject({ status: text.includes('204') ? 204 : 200, reusable: true });
    expect(['', json]).toContain(expected.body);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      expect(read([bytes.subarray(0, cut)]).whole, `cut at ${cut}`).toBe(false);
      expect(read([bytes.subarray(0, cut), bytes.subarray(cut)]), `in two at ${cut}`).toEqual(expected);
    }
    expect(read([...bytes].map((byte) => Buffer.of(byte)))).toEqual(expected);
  });

  test('cut at random, whatever follows it, is the same', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = new Random(seed);
      const [name, text] = Object.entries(answers)[random.below(6)]!;
      const bytes = Buffer.from(`${text}HTTP/1.1 200 OK\r\n`);
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length;) {
        const to = Math.min(bytes.length, at + 1 + random.below(40));
        pieces.push(bytes.subarray(at, to));
        at = to;
      }
      const expected = read([Buffer.from(text)]);
      expect(read(pieces), `seed ${seed}, ${name}`).toEqual(expected);
    }
  });

  test.each([
    ['HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n', false, Infinity],
    ['HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', false, Infinity],
    ['HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n', true, Infinity],
    ['HTTP/1.1 200 OK\r\nKeep-Alive: max=9, timeout=5\r\nContent-Length: 0\r\n\r\n', true, 5],
  ])('%j says whether its connection can be used again', (text, reusable, idleS) => {
    expect(read([Buffer.from(text)]).heads).toMatchObject([{ reusable, idleS }]);
  });

  test('without length ends with its connection, which is not used again', () => {
    const reader = new AnswerReader({ onHead: (head) => expect(head.reusable).toBe(false), onBody: () => {} });
    reader.begin();
    reader.read(Buffer.from(`HTTP/1.1 200 OK\r\n\r\n${json}`));
    expect(reader.done).toBe(false);
    expect(reader.end()).toBe(true);
  });
});

describe('what is no answer', () => {
  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9'],
    ['HTTP/2', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a status of four', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    ['a list of lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['a signed length', 'HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n'],
    ['an empty length', 'HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n'],
    ['a length beside chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['another coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'],
    ['chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: b\r\n\r\n'],
    ['a bare LF', 'HTTP/1.1 200 OK\nA: b\r\n\r\n'],
    ['a bare CR in a value', 'HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n'],
    ['a NUL', 'HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n'],
    ['a chunk with a bad size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5g\r\n'],
    ['a chunk that is too large', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1ffffffff\r\n'],
    ['a chunk longer than its size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n'],
    ['a chunk size that ends in LF', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\n'],
    ['a head without an end', `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(70_000)}`],
    [
      'trailers without an end',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${'a: b\r\n'.repeat(20_000)}`,
    ],
  ])('%s is malformed', (_, text) => {
    expect(() => read([Buffer.from(text)])).toThrow(Malformed);
  });
});
