/** Servers for tests of the client: raw sockets that say whatever a test wants, on a free port of 127.0.0.1. */
import { createServer, type Socket } from 'node:net';
import type { WireEndpoint } from './client.ts';

export interface RawServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Connections so far. */
  readonly sockets: readonly Socket[];
}

/** Listens; every connection is handed over as it comes. */
export async function rawServer(onConnection: (socket: Socket, index: number) => void): Promise<RawServer> {
  const sockets: Socket[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    onConnection(socket, sockets.push(socket) - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An endpoint at this URL, with keys that nobody checks. */
export function endpointAt(url: string, rest: Partial<WireEndpoint> = {}): WireEndpoint {
  return { url, region: 'us-east-1', credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }), ...rest };
}

export const put = { StreamName: 's', Data: 'AA==', PartitionKey: 'k' };

/** The answer to a PutRecord that stored its record. */
export function stored(sequenceNumber = '1', headers = ''): string {
  const body = `{"ShardId":"shardId-000000000000","SequenceNumber":"${sequenceNumber}"}`;
  return `HTTP/1.1 200 OK\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`;
}
