/**
 * A closed loop over raw sockets: every connection sends the same bytes again as soon as its answer is complete, and an
 * answer is read no further than its status and length. It costs a fraction of what the servers under test pay for the
 * same call, so that with two cores the server is what is measured, not its driver.
 */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { systemClock, NS_PER_S } from '../src/clock.ts';

/** What a closed loop came to. */
export interface LoopResult {
  /** Calls that were answered with 200. */
  readonly calls: number;
  /** The same a second. */
  readonly callsPerS: number;
  /** Bytes of the last answer's body. */
  readonly answerBytes: number;
}

export interface Loop {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** The request: its headers (host and content-length are added) and body; asked once per connection. */
  readonly request: (connection: number) => {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** Drives an endpoint as fast as it answers. Rejects with the first answer that is not a 200, as it came. */
export async function drive({ url, connections, seconds, request }: Loop): Promise<LoopResult> {
  const { hostname, port, host } = new URL(url);
  const deadlineNs = systemClock.monotonicNs() + seconds * NS_PER_S;
  const startNs = systemClock.monotonicNs();
  const awake = stayAwake();
  const counts = await Promise.all(
    Array.from({ length: connections }, (_, connection) => {
      const { headers, body } = request(connection);
      const lines = { host, 'content-length': String(Buffer.byteLength(body)), ...headers };
      const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
      const bytes = Buffer.from(`POST / HTTP/1.1\r\n${head.join('')}\r\n${body}`);
      return repeat(connect({ host: hostname, port: Number(port), noDelay: true }), bytes, deadlineNs);
    }),
  );
  awake.abort();
  const elapsedS = (systemClock.monotonicNs() - startNs) / NS_PER_S;
  const calls = counts.reduce((sum, { calls: more }) => sum + more, 0);
  return { calls, callsPerS: calls / elapsedS, answerBytes: counts.at(-1)!.answerBytes };
}

/**
 * Keeps the event loop turning. To wake a sleeping process costs the server's `write` more than its whole work on a virtual
 * machine (30 µs against 13 here), and it would be paid by whichever server is fast enough to let its driver sleep.
 */
function stayAwake(): AbortController {
  const done = new AbortController();
  const turn = () => {
    if (!done.signal.aborted) setImmediate(turn);
  };
  turn();
  return done;
}

function repeat(socket: Socket, bytes: Buffer, deadlineNs: number): Promise<{ calls: number; answerBytes: number }> {
  return new Promise((resolve, reject) => {
    let calls = 0;
    let answerBytes = 0;
    /** Bytes of the answer still to come; -1 while its head is not complete. */
    let missing = -1;
    let seen: Buffer = Buffer.alloc(0);
    socket.once('error', reject);
    socket.once('connect', () => socket.write(bytes));
    socket.on('data', (chunk: Buffer) => {
      if (missing === -1) {
        seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
        const end = seen.indexOf(HEAD_END);
        if (end === -1) return;
        const head = seen.toString('latin1', 0, end);
        if (!head.startsWith('HTTP/1.1 200')) {
          socket.destroy();
          reject(new Error(`not a 200: ${seen.toString('utf8').slice(0, 600)}`));
          return;
        }
        const length = /content-length: (\d+)/i.exec(head)?.[1];
        assert(length !== undefined, 'an answer without a length');
        answerBytes = Number(length);
        missing = answerBytes - (seen.length - end - HEAD_END.length);
        seen = Buffer.alloc(0);
      } else {
        missing -= chunk.length;
      }
      if (missing > 0) return;
      missing = -1;
      calls += 1;
      if (systemClock.monotonicNs() < deadlineNs) socket.write(bytes);
      else {
        socket.destroy();
        resolve({ calls, answerBytes });
      }
    });
  });
}
