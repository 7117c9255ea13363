/** A PostgreSQL on a socket of this machine: PGlite, which has one session and no sockets; connections take turns by the message. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { PGlite } from '@electric-sql/pglite';

/** A database with a port, until it is disposed of. */
export interface ServedPostgres extends AsyncDisposable {
  readonly port: number;
  readonly database: PGlite;
}

/** Starts an empty one. */
export async function servedPostgres(): Promise<ServedPostgres> {
  const database = await PGlite.create();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    void answer(database, socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert(typeof address === 'object' && address !== null);
  return {
    port: address.port,
    database,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await database.close();
    },
  };
}

/** The message that says goodbye: nobody answers it, and the session goes on for others. */
const TERMINATE = 'X'.charCodeAt(0);

async function answer(database: PGlite, socket: Socket): Promise<void> {
  let held = Buffer.alloc(0);
  // The first message has no type before its length.
  let typeBytes = 0;
  try {
    for await (const chunk of socket) {
      const part: Buffer = chunk;
      held = Buffer.concat([held, part]);
      while (held.length >= typeBytes + 4 && held.length >= typeBytes + held.readUInt32BE(typeBytes)) {
        const bytes = typeBytes + held.readUInt32BE(typeBytes);
        const message = held.subarray(0, bytes);
        held = held.subarray(bytes);
        if (typeBytes === 1 && message[0] === TERMINATE) {
          socket.end();
          return;
        }
        typeBytes = 1;
        socket.write(await database.runExclusive(() => database.execProtocolRaw(message)));
      }
    }
  } catch {
    socket.destroy();
  }
}
