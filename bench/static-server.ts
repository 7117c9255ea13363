/**
 * A server that answers PutRecord and PutRecords with the same bytes every time: what clients are measured against, in a process
 * of its own. One port plain, one by TLS, each for HTTP/1.1 and HTTP/2. Prints its ports as JSON when it listens.
 */
import { createServer as createHttp2 } from 'node:http2';
import { createServer as createNet, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { encode } from 'cborg';
import { makeCertificate } from '../src/reference/transport/certificate.ts';

const entry = { ShardId: 'shardId-000000000000', SequenceNumber: '4'.repeat(56) };
const outputs = {
  PutRecord: entry,
  PutRecords: { FailedRecordCount: 0, Records: Array.from({ length: 500 }, () => entry) },
};

interface Answer {
  readonly type: string;
  readonly body: Buffer;
  /** The whole answer of HTTP/1.1. */
  readonly bytes: Buffer;
}

const answers = new Map<string, Answer>();
for (const [operation, output] of Object.entries(outputs)) {
  for (const [form, body] of [
    ['json', Buffer.from(JSON.stringify(output))],
    ['cbor', Buffer.from(encode(output))],
  ] as const) {
    const type = `application/x-amz-${form}-1.1`;
    const head =
      `HTTP/1.1 200 OK\r\nx-amzn-RequestId: c0ffee00-0000-4000-a000-000000000000\r\nx-amz-id-2: ${'A'.repeat(76)}\r\n` +
      `Date: Mon, 23 Nov 2026 09:25:07 GMT\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`;
    answers.set(`${operation} ${form}`, { type, body, bytes: Buffer.concat([Buffer.from(head), body]) });
  }
}

function answerTo(head: string): Answer {
  const operation = /PutRecords/.test(head) ? 'PutRecords' : 'PutRecord';
  return answers.get(`${operation} ${/cbor/.test(head) ? 'cbor' : 'json'}`)!;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const http2 = createHttp2();
http2.on('stream', (stream, headers) => {
  const { type, body } = answerTo(`${String(headers['x-amz-target'])} ${headers['content-type']}`);
  stream.on('error', () => {});
  stream.resume().on('end', () => {
    stream.respond({ ':status': 200, 'content-type': type });
    stream.end(body);
  });
});
http2.on('sessionError', () => {});

function serveHttp1(socket: Socket, first: Buffer): void {
  let seen: Buffer = Buffer.alloc(0);
  /** Bytes of the body still to come; -1 while the head is not complete. */
  let missing = -1;
  let answer: Answer | undefined;
  const take = (chunk: Buffer) => {
    if (missing === -1) {
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
      const end = seen.indexOf(HEAD_END);
      if (end === -1) return;
      const head = seen.toString('latin1', 0, end);
      answer = answerTo(head);
      missing = Number(/content-length: (\d+)/i.exec(head)?.[1]) - (seen.length - end - HEAD_END.length);
      seen = Buffer.alloc(0);
    } else missing -= chunk.length;
    if (missing > 0) return;
    missing = -1;
    socket.write(answer!.bytes);
  };
  socket.on('data', take);
  take(first);
}

function accept(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.once('data', (first: Buffer) => {
    if (first.toString('latin1', 0, 3) === 'PRI') {
      socket.pause();
      socket.unshift(first);
      http2.emit('connection', socket);
    } else serveHttp1(socket, first);
  });
}

const certificate = await makeCertificate('127.0.0.1');
const plain = createNet({ noDelay: true }, accept);
const tls = createTls({ ...certificate, ALPNProtocols: ['h2', 'http/1.1'], noDelay: true }, accept);
const ports = await Promise.all(
  [plain, tls].map(
    (server) =>
      new Promise<number>((resolve) =>
        server.listen(0, '127.0.0.1', 4096, () => resolve((server.address() as { port: number }).port)),
      ),
  ),
);
const answerBytes = Object.fromEntries(
  Object.keys(outputs).map((name) => [name, answers.get(`${name} json`)!.bytes.length]),
);
console.log(JSON.stringify({ plain: ports[0], tls: ports[1], ca: certificate.cert, answerBytes }));
