/** S3 on sockets without a client between: what HEAD and answers without a body look like by each protocol, and a defect. */
import { once } from 'node:events';
import { connect as http2Connect } from 'node:http2';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { createEndpoint } from './endpoint.ts';
import { startServer } from './server.ts';

const authorization =
  'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0';
const BODY_BYTES = 200_000;

/** The head lines of an answer (names in lower case), and the bytes that came behind them. */
interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly bytes: number;
}
type Ask = (method: string, path: string, headers?: Record<string, string>, body?: Buffer) => Promise<Seen>;

/** Writes requests and reads all that comes until the connection ends: a body behind a HEAD would be seen. */
function byHttp1(port: number): Ask {
  return async (method, path, headers = {}, body = Buffer.alloc(0)) => {
    const socket = connect(port, '127.0.0.1');
    const lines = Object.entries({ host: 'x', authorization, connection: 'close', ...headers });
    const length = body.length > 0 ? `content-length: ${body.length}\r\n` : '';
    socket.write(
      `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}${length}\r\n`,
    );
    socket.write(body);
    const pieces: Buffer[] = [];
    for await (const piece of socket) pieces.push(piece);
    const whole = Buffer.concat(pieces);
    const end = whole.indexOf('\r\n\r\n');
    const [line = '', ...rest] = whole.toString('latin1', 0, end).split('\r\n');
    const named = rest.map((one) => [one.slice(0, one.indexOf(':')).toLowerCase(), one.slice(one.indexOf(':') + 2)]);
    return { status: Number(line.split(' ')[1]), headers: Object.fromEntries(named), bytes: whole.length - end - 4 };
  };
}

function byHttp2(url: string, whenOver: AsyncDisposableStack): Ask {
  const session = http2Connect(url);
  whenOver.defer(() => session.destroy());
  return async (method, path, headers = {}, body = Buffer.alloc(0)) => {
    const asked = { ':method': method, ':path': path, authorization, ...headers };
    const stream = session.request(asked, { endStream: body.length === 0 });
    if (body.length > 0) stream.end(body);
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => (bytes += chunk.length));
    const closed = once(stream, 'close');
    const [answer] = await once(stream, 'response');
    await closed;
    return { status: answer[':status'], headers: answer, bytes };
  };
}

test.each(['HTTP/1.1', 'HTTP/2'])('HEAD by %s says how long the body would be, and sends none', async (protocol) => {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startServer(createEndpoint()));
  const ask = protocol === 'HTTP/2' ? byHttp2(server.url, stack) : byHttp1(server.port);
  await ask('PUT', '/lake');
  const { headers } = await ask('PUT', '/lake/a', {}, Buffer.alloc(BODY_BYTES, 'x'));
  const etag = headers['etag']!;
  const lengthOf = ({ status, headers: { 'content-length': length }, bytes }: Seen) => [status, Number(length), bytes];
  expect(lengthOf(await ask('HEAD', '/lake/a'))).toEqual([200, BODY_BYTES, 0]);
  expect(lengthOf(await ask('GET', '/lake/a'))).toEqual([200, BODY_BYTES, BODY_BYTES]);
  expect(lengthOf(await ask('HEAD', '/lake/a', { range: 'bytes=0-99' }))).toEqual([206, 100, 0]);
  expect(lengthOf(await ask('HEAD', '/lake/none'))).toEqual([404, 0, 0]);
  expect(await ask('HEAD', '/lake')).toMatchObject({ status: 200, bytes: 0 });
  // A length would be wrong here whatever it said.
  for (const [method, path, more, status] of [
    ['GET', '/lake/a', { 'if-none-match': etag }, 304],
    ['HEAD', '/lake/a', { 'if-none-match': etag }, 304],
    ['DELETE', '/lake/a', {}, 204],
  ] as const) {
    const seen = await ask(method, path, more);
    expect([seen.status, seen.bytes]).toEqual([status, 0]);
    expect(seen.headers['content-length']).toBeUndefined();
  }
});

test.each(['HTTP/1.1', 'HTTP/2'])('HEAD by %s needs no room for the body that it does not send', async (protocol) => {
  await using stack = new AsyncDisposableStack();
  const endpoint = createEndpoint();
  const server = stack.use(await startServer(endpoint, { trafficBytesMax: BODY_BYTES / 2 }));
  const ask = protocol === 'HTTP/2' ? byHttp2(server.url, stack) : byHttp1(server.port);
  endpoint.objects.createBucket('lake');
  endpoint.objects.put('lake', 'a', { body: Buffer.alloc(BODY_BYTES) });
  expect((await ask('GET', '/lake/a')).status).toBe(503);
  expect(await ask('HEAD', '/lake/a')).toMatchObject({ status: 200, bytes: 0 });
});

test.each(['HTTP/1.1', 'HTTP/2'])('what cannot be kept is refused in XML by %s', async (protocol) => {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startServer(createEndpoint()));
  const ask = protocol === 'HTTP/2' ? byHttp2(server.url, stack) : byHttp1(server.port);
  const large = await ask('PUT', '/lake/a', {}, Buffer.alloc(21 * 1024 * 1024));
  expect(large).toMatchObject({ status: 400, headers: { 'content-type': 'application/xml' } });
  const { 'content-type': type } = (await ask('POST', '/', {}, Buffer.alloc(21 * 1024 * 1024))).headers;
  expect(type).toBe('application/xml');
});

test('a defect of S3 is answered as S3 answers one, told, and the others are served on', async () => {
  const told: string[] = [];
  const endpoint = createEndpoint();
  endpoint.objects.bucket = () => {
    throw new Error('a defect');
  };
  await using server = await startServer(endpoint, {
    onDefect: (operation, error) => told.push(`${operation}: ${(error as Error).message}`),
  });
  const get = (path: string, method = 'GET') => fetch(server.url + path, { method, headers: { authorization } });
  const answer = await get('/lake/a?x-id=GetObject');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([500, 'application/xml']);
  expect(await answer.text()).toMatch(/<Error><Code>InternalError<\/Code>.*<Resource>\/lake\/a</);
  expect((await get('/lake/a', 'HEAD')).status).toBe(500);
  expect(told).toEqual(["S3's GET /lake/a: a defect", "S3's HEAD /lake/a: a defect"]);
  expect((await get('/')).status).toBe(200);
});
