/**
 * The load of the capacity bench: calls due on a schedule of their own, whatever the answers do, over raw sockets. Every
 * request says when it was sent, and an answer is kept no further than its last bytes, where the next iterator stands: to take
 * in half a megabyte must not be what a put waits for.
 */
import { connect, type Socket } from 'node:net';
import { systemClock, NS_PER_S } from '../src/clock.ts';
import { LatencyHistogram } from '../src/measure/histogram.ts';
import { unsigned } from './local.ts';

/** The header with the time of sending, in ns on the clock that all processes of the machine share. */
export const SENT_HEADER = 'x-sent-ns';

const CONNECTIONS = 48;
const SENT_DIGITS = 20;
/** More than an iterator and the members around it. */
const TAIL_BYTES = 600;
const PUTS_PER_S = 1000;
const READS_PER_S = 5;
const HEAD_END = Buffer.from('\r\n\r\n');
const data = Buffer.alloc(1024, 7).toString('base64');

/** One who reads a shard. */
export interface Reader {
  iterator: string;
}

/** What the load saw since `measure`. */
export interface Seen {
  /** Due → written to the socket. */
  readonly late: LatencyHistogram;
  /** Due → answered. */
  readonly puts: LatencyHistogram;
  readonly reads: LatencyHistogram;
  /** Answers other than 200. */
  refused: number;
}

interface Due {
  readonly atNs: number;
  readonly request: Prepared;
  readonly reader: Reader | undefined;
}

/** A request, and where the time of sending goes. */
interface Prepared {
  readonly bytes: Buffer;
  readonly sentAt: number;
}

/** A pool of connections and a queue of calls that wait for a free one. */
export class Load {
  readonly #all: readonly Socket[];
  readonly #idle: Socket[];
  readonly #waiting: Due[] = [];
  #seen = nothingSeen();
  #fromNs = Number.POSITIVE_INFINITY;

  constructor(port: number) {
    this.#all = Array.from({ length: CONNECTIONS }, () => connect({ port, host: '127.0.0.1', noDelay: true }));
    this.#idle = [...this.#all];
  }

  close(): void {
    for (const socket of this.#all) socket.destroy();
  }

  /** Forgets what was seen, and counts what is due from now on. */
  measure(): void {
    this.#seen = nothingSeen();
    this.#fromNs = systemClock.monotonicNs();
  }

  get seen(): Seen {
    return this.#seen;
  }

  /** Loads every shard at its full limits for so many seconds. */
  async run(shards: number, readers: readonly Reader[], seconds: number): Promise<void> {
    const startNs = systemClock.monotonicNs();
    const endNs = startNs + seconds * NS_PER_S;
    const puts = Array.from({ length: shards }, (_, shard) => putTo(shard, shards));
    let put = 0;
    let read = 0;
    for (let nowNs = startNs; nowNs < endNs; nowNs = systemClock.monotonicNs()) {
      for (let atNs; (atNs = startNs + (put * NS_PER_S) / (PUTS_PER_S * shards)) <= nowNs; put += 1) {
        this.#send({ atNs, request: puts[put % shards]!, reader: undefined });
      }
      for (let atNs; (atNs = startNs + (read * NS_PER_S) / (READS_PER_S * shards)) <= nowNs; read += 1) {
        const reader = readers[read % readers.length]!;
        this.#send({ atNs, request: prepare('GetRecords', { ShardIterator: reader.iterator }), reader });
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #send(due: Due): void {
    const socket = this.#idle.pop();
    if (!socket) {
      this.#waiting.push(due);
      return;
    }
    let missing = -1;
    let tail: Buffer = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      if (missing === -1) {
        const end = chunk.indexOf(HEAD_END) + HEAD_END.length;
        const head = chunk.toString('latin1', 0, end);
        missing = Number(/content-length: (\d+)/.exec(head)![1]) + end;
        if (!head.startsWith('HTTP/1.1 200')) this.#seen.refused += 1;
      }
      missing -= chunk.length;
      if (due.reader) tail = Buffer.concat([tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
      if (missing > 0) return;
      socket.off('data', onData);
      this.#done(due, tail);
      this.#idle.push(socket);
      const next = this.#waiting.shift();
      if (next) this.#send(next);
    };
    socket.on('data', onData);
    const { bytes, sentAt } = due.request;
    // A copy: what the socket still holds of an earlier one must not change.
    const copy = Buffer.from(bytes);
    const nowNs = systemClock.monotonicNs();
    copy.write(String(nowNs).padStart(SENT_DIGITS, '0'), sentAt, 'latin1');
    if (due.atNs >= this.#fromNs) {
      this.#seen.late.record(nowNs - due.atNs);
      this.#seen.late.event();
    }
    socket.write(copy);
  }

  #done({ atNs, reader }: Due, tail: Buffer): void {
    if (reader) {
      const next = /"NextShardIterator":"([^"]+)"/.exec(tail.toString('latin1'));
      if (next) reader.iterator = next[1]!;
    }
    if (atNs < this.#fromNs) return;
    const times = reader ? this.#seen.reads : this.#seen.puts;
    times.record(systemClock.monotonicNs() - atNs);
    times.event();
  }
}

function nothingSeen(): Seen {
  return { late: new LatencyHistogram(), puts: new LatencyHistogram(), reads: new LatencyHistogram(), refused: 0 };
}

function putTo(shard: number, shards: number): Prepared {
  const ExplicitHashKey = String((2n ** 128n / BigInt(shards)) * BigInt(shard));
  return prepare('PutRecord', { StreamName: 's', Data: data, PartitionKey: 'k', ExplicitHashKey });
}

function prepare(operation: 'PutRecord' | 'GetRecords', input: unknown): Prepared {
  const body = JSON.stringify(input);
  const headers = { host: 'reference', 'content-length': String(body.length), ...unsigned(operation) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const start = `POST / HTTP/1.1\r\n${lines.join('')}${SENT_HEADER}: `;
  return { bytes: Buffer.from(`${start}${'0'.repeat(SENT_DIGITS)}\r\n\r\n${body}`), sentAt: start.length };
}
