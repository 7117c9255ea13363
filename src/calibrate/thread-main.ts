/** A stub behind a socket, in a thread of its own, so that what it does and what the agents do take no time from one another. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import { behaviourOf } from './behaviour.ts';
import { Stub } from './stub.ts';
import type { FromStub, StubData } from './thread.ts';

const port = parentPort!;
const { name, seed } = workerData as StubData;
const stub = new Stub(behaviourOf(name, seed), systemClock);

const server = http.createServer((request, response) => {
  response.socket?.setNoDelay(true);
  const read = async () => Buffer.concat((await request.toArray()) as Buffer[]);
  stub.answer(String(request.headers['x-amz-target']), read).then(
    ({ status, body }) => response.writeHead(status, { 'content-length': Buffer.byteLength(body) }).end(body),
    // A client that went away, or a defect: no entry in the log, and so no match.
    () => response.destroy(),
  );
});
// A connection that is closed for being idle just as a call takes it would be a failure that no stub meant.
server.keepAliveTimeout = 600_000;

server.listen(0, '127.0.0.1', () => {
  const message: FromStub = { kind: 'listening', port: (server.address() as AddressInfo).port };
  port.postMessage(message);
});

port.on('message', () => {
  const message: FromStub = { kind: 'log', log: stub.log };
  port.postMessage(message);
});
