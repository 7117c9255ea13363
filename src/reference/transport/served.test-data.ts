/** A stand-in of a destination on a socket of this machine, and a virtual clock that waits for sockets. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { NS_PER_MS, NS_PER_S, sleepFor, systemClock, type VirtualClock } from '../../clock.ts';
import type { Sender } from '../firehose/sender.ts';

/** A server that answers by a sender, until it is disposed of. */
export async function served(sender: Sender): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const taken = sender({ url: request.url!, headers, body: Buffer.concat(chunks) }, AbortSignal.timeout(20_000));
      void taken.then((answer) => response.writeHead(answer.status, { ...answer.headers }).end(answer.body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert(typeof address === 'object' && address !== null);
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/**
 * Moves a virtual clock, with time for sockets after every fifth of a second, until something holds; for 400 virtual seconds at the
 * most. So an answer over sockets is never later than the timeouts of destinations, however slow the machine is.
 */
export async function drive(clock: VirtualClock, holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2000 && !holds(); turn += 1) {
    await clock.advance(NS_PER_S / 5);
    await sleepFor(systemClock, 2 * NS_PER_MS);
  }
  assert(holds(), 'sockets did not bring it');
}
