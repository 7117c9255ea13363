/**
 * How many shards at their full limits one core of the reference carries: each written at 1,000 records/s of 1 KiB, one
 * record a call, and read at 2 MiB/s by five GetRecords calls a second from two readers in turn. Open loop: calls are due on
 * a schedule of their own, and an answer's time counts from its due time. Shards are added until the 99th percentile of the
 * puts lies more than a millisecond above that of one shard alone.
 */
import { connect, type Socket } from 'node:net';
import { systemClock, NS_PER_MS, NS_PER_S } from '../src/clock.ts';
import { LatencyHistogram } from '../src/measure/histogram.ts';
import { startReferenceThread } from '../src/reference/thread.ts';
import { createClient, type WireClient } from '../src/wire/client.ts';
import { unsigned } from './local.ts';
import { row } from './table.ts';

const CONNECTIONS = 48;
const WARM_UP_S = 2;
const SECONDS = 4;
const PUTS_PER_S = 1000;
const READS_PER_S = 5;
const ADDED_MS_MAX = 1;
const STEPS = [1, 2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32];
const data = Buffer.alloc(1024, 7).toString('base64');

/** Prints the largest number of shards that held. */
export async function capacity(): Promise<void> {
  console.log(row('shards at full limits', 'puts p50', 'puts p99', 'reads p90', 'throttled'));
  let alone = 0;
  let held = 0;
  for (const shards of STEPS) {
    const step = await stepOf(shards);
    const ms = (value: number) => `${value.toFixed(2)} ms`;
    console.log(row(String(shards), ms(step.p50), ms(step.p99), ms(step.readsP90), String(step.refused)));
    if (shards === 1) alone = step.p99;
    if (step.p99 - alone > ADDED_MS_MAX) break;
    held = shards;
  }
  console.log(row('one core carries', `${held} shards`, `< ${ADDED_MS_MAX} ms added at p99`));
}

interface Step {
  readonly p50: number;
  readonly p99: number;
  readonly readsP90: number;
  readonly refused: number;
}

async function stepOf(shards: number): Promise<Step> {
  await using reference = await startReferenceThread({ limits: 'aws', latency: 'none', createStreamMs: 0 });
  const credentials = async () => ({ accessKeyId: 'a', secretAccessKey: 'b' });
  const client = createClient({ url: reference.url, region: reference.region, credentials }, systemClock);
  await client.call('CreateStream', { StreamName: 's', ShardCount: shards });
  const readers = await Promise.all(Array.from({ length: 2 * shards }, (_, at) => readerOf(client, at % shards)));
  client.close();
  const load = new Load(reference.port);
  const step = await load.run(shards, readers);
  load.close();
  return step;
}

interface Reader {
  iterator: string;
}

async function readerOf(client: WireClient, shard: number): Promise<Reader> {
  const outcome = await client.call('GetShardIterator', {
    StreamName: 's',
    ShardId: `shardId-${String(shard).padStart(12, '0')}`,
    ShardIteratorType: 'LATEST',
  });
  if (outcome.kind !== 'ok') throw new Error(`GetShardIterator: ${JSON.stringify(outcome)}`);
  return { iterator: outcome.output.ShardIterator! };
}

interface Due {
  readonly atNs: number;
  readonly bytes: Buffer;
  readonly reader: Reader | undefined;
}

/** A pool of connections and a queue of calls that wait for a free one. */
class Load {
  readonly #idle: Socket[] = [];
  readonly #all: Socket[];
  readonly #waiting: Due[] = [];
  readonly #puts = new LatencyHistogram();
  readonly #reads = new LatencyHistogram();
  #refused = 0;
  #measureFromNs = 0;

  constructor(port: number) {
    this.#all = Array.from({ length: CONNECTIONS }, () => connect({ port, host: '127.0.0.1', noDelay: true }));
    this.#idle.push(...this.#all);
  }

  close(): void {
    for (const socket of this.#all) socket.destroy();
  }

  async run(shards: number, readers: readonly Reader[]): Promise<Step> {
    const startNs = systemClock.monotonicNs();
    this.#measureFromNs = startNs + WARM_UP_S * NS_PER_S;
    const endNs = this.#measureFromNs + SECONDS * NS_PER_S;
    const puts = Array.from({ length: shards }, (_, shard) => putTo(shard, shards));
    let put = 0;
    let read = 0;
    for (let nowNs = startNs; nowNs < endNs; nowNs = systemClock.monotonicNs()) {
      for (let atNs; (atNs = startNs + (put * NS_PER_S) / (PUTS_PER_S * shards)) <= nowNs; put += 1) {
        this.#send({ atNs, bytes: puts[put % shards]!, reader: undefined });
      }
      for (let atNs; (atNs = startNs + (read * NS_PER_S) / (READS_PER_S * shards)) <= nowNs; read += 1) {
        const reader = readers[read % readers.length]!;
        this.#send({ atNs, bytes: request('GetRecords', { ShardIterator: reader.iterator }), reader });
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    const ms = (histogram: LatencyHistogram, percentile: number) =>
      (histogram.percentileNs(percentile) ?? NaN) / NS_PER_MS;
    return {
      p50: ms(this.#puts, 0.5),
      p99: ms(this.#puts, 0.99),
      readsP90: ms(this.#reads, 0.9),
      refused: this.#refused,
    };
  }

  #send(due: Due): void {
    const socket = this.#idle.pop();
    if (!socket) {
      this.#waiting.push(due);
      return;
    }
    const chunks: Buffer[] = [];
    let missing = -1;
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      if (missing === -1) {
        const head = chunk.toString('latin1', 0, chunk.indexOf('\r\n\r\n') + 4);
        missing = Number(/content-length: (\d+)/.exec(head)![1]) + head.length;
        if (!head.startsWith('HTTP/1.1 200')) this.#refused += 1;
      }
      missing -= chunk.length;
      if (missing > 0) return;
      socket.off('data', onData);
      this.#done(due, Buffer.concat(chunks));
      this.#idle.push(socket);
      const next = this.#waiting.shift();
      if (next) this.#send(next);
    };
    socket.on('data', onData);
    socket.write(due.bytes);
  }

  #done({ atNs, reader }: Due, answer: Buffer): void {
    if (reader) {
      const next = /"NextShardIterator":"([^"]+)"/.exec(answer.toString('latin1', Math.max(0, answer.length - 400)));
      if (next) reader.iterator = next[1]!;
    }
    if (atNs < this.#measureFromNs) return;
    (reader ? this.#reads : this.#puts).record(systemClock.monotonicNs() - atNs);
    (reader ? this.#reads : this.#puts).event();
  }
}

function putTo(shard: number, shards: number): Buffer {
  const ExplicitHashKey = String((2n ** 128n / BigInt(shards)) * BigInt(shard));
  return request('PutRecord', { StreamName: 's', Data: data, PartitionKey: 'k', ExplicitHashKey });
}

function request(operation: 'PutRecord' | 'GetRecords', input: unknown): Buffer {
  const body = JSON.stringify(input);
  const headers = { host: 'reference', 'content-length': String(body.length), ...unsigned(operation) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST / HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}
