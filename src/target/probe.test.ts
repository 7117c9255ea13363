/** How a target is spoken to: HTTP/1.1 where it is understood, HTTP/2 where nothing else is, as its file says where it says so. */
import { createSecureServer, createServer, type Http2Server } from 'node:http2';
import type { Server, Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { createEndpoint } from '../reference/endpoint.ts';
import { startServer } from '../reference/server.ts';
import { makeCertificate } from '../reference/transport/certificate.ts';
import type { TransportChoice } from '../wire/client.ts';
import { describeTransport, probe, type ProbedEndpoint } from './probe.ts';

const credentials = () => Promise.resolve({ accessKeyId: 'a', secretAccessKey: 'b' });

function probed(
  url: string,
  rest: { ca?: string; transport?: Partial<TransportChoice> } = {},
): Promise<ProbedEndpoint> {
  return probe({ name: 'it', kinesis: { url, region: 'us-east-1', credentials, ...rest } }, systemClock);
}

interface Listening extends AsyncDisposable {
  readonly port: number;
}

async function listening(server: Server): Promise<Listening> {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket.on('error', () => {})));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answering<S extends Http2Server>(server: S): S {
  server.on('sessionError', () => {});
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/x-amz-json-1.1' });
    stream.end('{"StreamNames":[],"HasMoreStreams":false}');
  });
  return server;
}

test('what speaks both is spoken to by HTTP/1.1, and subscribed to by HTTP/2 where TLS offers it', async () => {
  await using server = await startServer(createEndpoint());
  const plain = await probed(server.url);
  expect(plain.transport).toEqual({ protocol: 'h1', subscriptions: 'h1', encoding: 'json' });
  expect(describeTransport(plain)).toBe('HTTP/1.1, JSON');
  const secure = await probed(server.tlsUrl, { ca: await server.certificate() });
  expect(secure.transport).toEqual({ protocol: 'h1', subscriptions: 'h2', encoding: 'json' });
  expect(describeTransport(secure)).toBe('HTTP/1.1 by TLS, JSON, subscriptions by HTTP/2');
});

test('a file has its way', async () => {
  await using server = await startServer(createEndpoint());
  const ca = await server.certificate();
  const cbor = await probed(server.url, { transport: { protocol: 'h2', encoding: 'cbor' } });
  expect(cbor.transport).toEqual({ protocol: 'h2', subscriptions: 'h2', encoding: 'cbor' });
  expect((await probed(server.tlsUrl, { ca, transport: { protocol: 'h1' } })).transport.subscriptions).toBe('h1');
});

test('what speaks only HTTP/2 is spoken to by it, plain and by TLS', async () => {
  await using plain = await listening(answering(createServer()));
  expect((await probed(`http://127.0.0.1:${plain.port}`)).transport.protocol).toBe('h2');
  const certificate = await makeCertificate('127.0.0.1');
  await using secure = await listening(answering(createSecureServer({ ...certificate, allowHTTP1: false })));
  const endpoint = await probed(`https://127.0.0.1:${secure.port}`, { ca: certificate.cert });
  expect(endpoint.transport).toEqual({ protocol: 'h2', subscriptions: 'h2', encoding: 'json' });
});

test('what speaks only HTTP/1.1 by TLS is subscribed to by it', async () => {
  const certificate = await makeCertificate('127.0.0.1');
  const body = '{"StreamNames":[],"HasMoreStreams":false}';
  const server = createTls({ ...certificate, ALPNProtocols: ['http/1.1'] }, (socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`));
  });
  await using secure = await listening(server);
  const endpoint = await probed(`https://127.0.0.1:${secure.port}`, { ca: certificate.cert });
  expect(endpoint.transport).toEqual({ protocol: 'h1', subscriptions: 'h1', encoding: 'json' });
});

test('who trusts nobody reaches nobody, and is told why', async () => {
  await using server = await startServer(createEndpoint());
  await expect(probed(server.tlsUrl)).rejects.toMatchObject({
    code: 'target-unreachable',
    message: expect.stringContaining('certificate') as string,
  });
});

test('TLS that cannot be is told with the way out', async () => {
  await using server = await startServer(createEndpoint());
  await expect(probed(server.tlsUrl)).rejects.toMatchObject({ exitCode: 7, hint: expect.stringContaining('`caFile`') });
  await using plain = await listening(answering(createServer()));
  await expect(probed(`https://127.0.0.1:${plain.port}`)).rejects.toMatchObject({
    message: expect.not.stringContaining('\n'),
    hint: expect.stringContaining('http:// in place of https://'),
  });
});
