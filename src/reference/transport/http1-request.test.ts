import { expect, test } from 'vitest';
import { Random } from '../../random.ts';
import { Http1Reader, type Http1Read } from './http1-request.ts';

const CAP = 1000;

function readAll(text: string, cuts: readonly number[] = []): Http1Read[] {
  const bytes = Buffer.from(text, 'latin1');
  const reader = new Http1Reader(CAP);
  const reads: Http1Read[] = [];
  const ends = [...cuts, bytes.length];
  let from = 0;
  for (const to of ends) {
    reader.push(bytes.subarray(from, to));
    from = to;
    for (;;) {
      const read = reader.read();
      if (read === 'more') break;
      reads.push(read);
      if (typeof read === 'object' && 'refused' in read) return reads;
    }
  }
  return reads;
}

const post = (lines: string, body = '') => `POST / HTTP/1.1\r\nHost: x\r\n${lines}\r\n${body}`;

test('a request with a length, and the one behind it', () => {
  const reads = readAll(post('Content-Length: 5\r\n', 'hello') + post('content-length: 0\r\nConnection: close\r\n'));
  expect(reads).toMatchObject([
    { method: 'POST', path: '/', headers: { host: 'x', 'content-length': '5' }, keepAlive: true },
    { keepAlive: false },
  ]);
  expect(reads.map((read) => typeof read === 'object' && 'body' in read && String(read.body))).toEqual(['hello', '']);
});

test('however the bytes are cut, the requests are the same', () => {
  const random = new Random(3);
  const text =
    post('Content-Length: 11\r\nX-A: 1\r\nx-a:  2 \r\n', 'hello\r\n\r\n!!') +
    post('Transfer-Encoding: chunked\r\n', '3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n') +
    '\r\n' +
    post('Content-Length: 2\r\n', '{}');
  const whole = readAll(text);
  expect(whole).toHaveLength(3);
  expect(whole[0]).toMatchObject({
    headers: { 'x-a': '1, 2' },
    rawHeaders: expect.arrayContaining(['X-A', '1', 'x-a']),
  });
  expect(whole[1]).toMatchObject({ body: Buffer.from('abc0123456789') });
  for (let round = 0; round < 200; round += 1) {
    const cuts = Array.from({ length: 1 + random.below(12) }, () => random.below(text.length)).sort((a, b) => a - b);
    expect(readAll(text, cuts)).toEqual(whole);
  }
});

test('a large body is the same in whatever pieces it comes, and so is what follows one that was too large', () => {
  const random = new Random(5);
  for (const length of [70_000, 300_000, 1_500_000]) {
    const body = Buffer.from(Array.from({ length }, (_, at) => (at * 7919) % 251));
    const head = Buffer.from(post(`Content-Length: ${length}\r\n`), 'latin1');
    for (const capBytes of [2_000_000, 1000]) {
      const reader = new Http1Reader(capBytes);
      for (let round = 0; round < 3; round += 1) {
        reader.push(head);
        for (let at = 0; at < length;) {
          expect(reader.read()).toBe('more');
          const piece = body.subarray(at, at + 1 + random.below(random.below(2) === 0 ? 5000 : 65_536));
          reader.push(piece);
          at += piece.length;
        }
        const read = reader.read();
        const got = typeof read === 'object' && 'body' in read ? read.body : read;
        expect(capBytes > length ? Buffer.compare(body, got as Buffer) : got).toBe(capBytes > length ? 0 : 413);
      }
    }
  }
});

test.each<[string, string, number]>([
  ['both framings', post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), 400],
  ['a repeated length', post('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello'), 400],
  ['a signed length', post('Content-Length: +5\r\n', 'hello'), 400],
  ['a coding it does not know', post('Transfer-Encoding: gzip, chunked\r\n'), 501],
  ['a folded line', post('X-A: 1\r\n 2\r\n'), 400],
  ['a blank before the colon', post('X-A : 1\r\n'), 400],
  ['a bare line feed', 'POST / HTTP/1.1\nHost: x\n\n\r\n\r\n', 400],
  ['a NUL in a value', post('X-A: a\0b\r\n'), 400],
  ['no host', 'POST / HTTP/1.1\r\n\r\n', 400],
  ['a chunk size that is none', post('Transfer-Encoding: chunked\r\n', '0x5\r\nhello\r\n'), 400],
  ['a chunk longer than it says', post('Transfer-Encoding: chunked\r\n', '2\r\nabc\r\n'), 400],
  ['a chunk size beyond all measure', post('Transfer-Encoding: chunked\r\n', 'fffffffff\r\n'), 400],
  ['a version of the future', 'POST / HTTP/3.0\r\nHost: x\r\n\r\n', 505],
  ['no request at all', 'hello\r\n\r\n', 400],
  ['a head without end', post(`X-A: ${'a'.repeat(40_000)}`), 431],
  ['a size line without end', post('Transfer-Encoding: chunked\r\n', '1'.repeat(300)), 400],
  ['a trailer that is no header', post('Transfer-Encoding: chunked\r\n', '0\r\nX y\r\n\r\n'), 400],
  ['trailers without end', post('Transfer-Encoding: chunked\r\n', `0\r\n${'X: y\r\n'.repeat(129)}`), 400],
  ['chunks in HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
])('%s is refused', (_name, text, refused) => {
  expect(readAll(text)).toEqual([{ refused }]);
});

test('a head or a line of a chunk that is just not too long is taken, wherever it is cut', () => {
  const start = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nX-A: ';
  const head = `${start}${'a'.repeat(32 * 1024 - start.length)}\r\n\r\n`;
  const text = `${head}1;${'e'.repeat(254)}\r\nx\r\n0\r\n\r\n`;
  const whole = readAll(text);
  expect(whole).toMatchObject([{ body: Buffer.from('x') }]);
  const lineEnd = head.length + 256;
  for (const end of [head.length, lineEnd + 2])
    for (let cut = end - 4; cut <= end; cut += 1) expect(readAll(text, [cut])).toEqual(whole);
  expect(readAll(text.replace('aaa', 'aaaa'))).toEqual([{ refused: 431 }]);
  expect(readAll(text.replace('eee', 'eeee'))).toEqual([{ refused: 400 }]);
});

test('a body beyond the cap is read to its end and thrown away', () => {
  const reads = readAll(
    post(`Content-Length: ${CAP + 1}\r\n`, 'x'.repeat(CAP + 1)) + post('Content-Length: 1\r\n', 'y'),
  );
  expect(reads).toMatchObject([{ body: 413 }, { body: Buffer.from('y') }]);
  expect(readAll(post(`Content-Length: ${CAP}\r\n`, 'x'.repeat(CAP)))).toMatchObject([{ body: { length: CAP } }]);
});

test('who asks whether to send the body is told once', () => {
  const reader = new Http1Reader(CAP);
  reader.push(Buffer.from(post('Expect: 100-continue\r\nContent-Length: 2\r\n')));
  expect(reader.read()).toBe('continue');
  expect(reader.read()).toBe('more');
  expect(reader.midway).toBe(true);
  reader.push(Buffer.from('{}'));
  expect(reader.read()).toMatchObject({ body: Buffer.from('{}') });
  expect(reader.midway).toBe(false);
});

test('HTTP/1.0 ends after one request unless it asks otherwise; a header may have any name', () => {
  expect(readAll('GET /x?y=z HTTP/1.0\r\n__proto__: 1\r\n\r\n')).toMatchObject([
    { method: 'GET', path: '/x?y=z', keepAlive: false, chunksKnown: false },
  ]);
  expect(readAll('GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n')).toMatchObject([{ keepAlive: true }]);
});

test('random bytes are refused or waited for, never believed and never thrown on: seed 5', () => {
  const random = new Random(5);
  const pieces = [
    'POST ',
    '/ ',
    'HTTP/1.1',
    '\r\n',
    '\r\n\r\n',
    'Content-Length: ',
    '5',
    'Transfer-Encoding: chunked',
    ':',
    '\0',
    'Host: x',
    '\n',
    'é',
  ];
  for (let round = 0; round < 2000; round += 1) {
    const text = Array.from({ length: random.below(20) }, () => pieces[random.below(pieces.length)]).join('');
    for (const read of readAll(text)) {
      if (typeof read === 'object' && 'method' in read) expect(text).toContain(read.method);
    }
  }
});
