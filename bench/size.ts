/**
 * What the reference weighs: how soon it is ready, what a record costs besides its own bytes, and how many streams, shards and
 * records it holds. Figures of this machine, to compare with themselves; times are of one core.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { systemClock, NS_PER_MS, NS_PER_S } from '../src/clock.ts';
import { packageRoot } from '../src/package.ts';
import { createEndpoint, type Endpoint } from '../src/reference/endpoint.ts';
import { call } from './local.ts';
import { median, row } from './table.ts';

const STARTS = 5;

/** Prints how large and how quick to start the reference is. */
export async function size(): Promise<void> {
  console.log(row('size', 'figure', 'wanted'));
  const starts: number[] = [];
  for (let start = 0; start < STARTS; start += 1) starts.push(await startMs());
  console.log(row('ready after', `${Math.round(median(starts))} ms`, '< 500 ms'));
  await recordsOf(1_000_000, 100);
  await recordsOf(1_000_000, 1024);
  await manyShards(10_000);
  await manyStreams(1000);
}

/** From the start of the process to the line that says where it listens. */
async function startMs(): Promise<number> {
  const startNs = systemClock.monotonicNs();
  const child = spawn(process.execPath, [join(packageRoot, 'bin/kinebench.js'), 'serve', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)));
  });
  const readyMs = (systemClock.monotonicNs() - startNs) / NS_PER_MS;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  await gone;
  return readyMs;
}

async function recordsOf(count: number, dataBytes: number): Promise<void> {
  const endpoint = createEndpoint({ limits: 'off', createStreamMs: 0 });
  await call(endpoint, 'CreateStream', { StreamName: 's', ShardCount: 1 });
  const before = await resident();
  const Data = Buffer.alloc(dataBytes, 7).toString('base64');
  const Records = Array.from({ length: 500 }, (_, index) => ({ Data, PartitionKey: `key-${index}` }));
  for (let put = 0; put < count / 500; put += 1) await call(endpoint, 'PutRecords', { StreamName: 's', Records });
  const keyBytes = Records.reduce((sum, { PartitionKey }) => sum + PartitionKey.length, 0) / Records.length;
  const overhead = ((await resident()) - before) / count - dataBytes - keyBytes;
  const counted = endpoint.memory.bytes / count - dataBytes - keyBytes;
  const name = `overhead, ${dataBytes} B records`;
  console.log(row(name, `${Math.round(counted)} B (process ${Math.round(overhead)} B)`, '≤ 100 B'));
  const startNs = systemClock.monotonicNs();
  const read = await replay(endpoint);
  const seconds = (systemClock.monotonicNs() - startNs) / NS_PER_S;
  if (read !== count) throw new Error(`${read} of ${count} records were replayed`);
  console.log(row(`replay of ${count / 1e6} million`, `${seconds.toFixed(1)} s`, 'all of them'));
}

/** Bytes of the process once garbage is gone; run with --expose-gc, or it is counted too. */
async function resident(): Promise<number> {
  // Blocks outside the heap are given back behind the collection that finds them.
  for (let turn = 0; turn < 4; turn += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function replay(endpoint: Endpoint): Promise<number> {
  const begin = { StreamName: 's', ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' } as const;
  let { ShardIterator } = await call(endpoint, 'GetShardIterator', begin);
  for (let read = 0; ;) {
    const page = await call(endpoint, 'GetRecords', { ShardIterator: ShardIterator! });
    read += page.Records.length;
    if (page.Records.length === 0) return read;
    ShardIterator = page.NextShardIterator!;
  }
}

async function manyShards(count: number): Promise<void> {
  const endpoint = createEndpoint({ limits: 'off', createStreamMs: 0 });
  const before = await resident();
  const startNs = systemClock.monotonicNs();
  await call(endpoint, 'CreateStream', { StreamName: 's', ShardCount: count });
  const madeMs = (systemClock.monotonicNs() - startNs) / NS_PER_MS;
  const bytes = ((await resident()) - before) / count;
  console.log(row(`a stream of ${count} shards`, `${madeMs.toFixed(0)} ms, ${Math.round(bytes)} B each`, 'it works'));
}

async function manyStreams(count: number): Promise<void> {
  const endpoint = createEndpoint({ limits: 'off', createStreamMs: 0 });
  const before = await resident();
  for (let stream = 0; stream < count; stream += 1) {
    await call(endpoint, 'CreateStream', { StreamName: `s-${stream}`, ShardCount: 1 });
  }
  const kib = ((await resident()) - before) / count / 1024;
  console.log(row(`${count} streams`, `${kib.toFixed(1)} KiB each`, 'it works'));
}
