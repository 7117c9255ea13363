/**
 * The embedded reference against kinesalite: the same calls in a closed loop, in turn and three times; the median of the
 * ratios is the figure. The reference checks the form of the signature and counts every limit, which are set so high that
 * they refuse nothing: what is compared is what a call costs. Each round puts into a stream of its own, which is deleted
 * after it: what a round stored is memory that the next one uses again. Memory that no process has used since the machine
 * began costs up to eight times as much to touch on a virtual machine (`docs/reference.md`), which would be compared instead.
 */
import { systemClock } from '../src/clock.ts';
import type { OperationName } from '../src/protocol/operations.ts';
import { startReferenceThread } from '../src/reference/thread.ts';
import { loadTarget } from '../src/target/load.ts';
import { startTarget } from '../src/target/start.ts';
import { createClient, type WireClient, type WireEndpoint } from '../src/wire/client.ts';
import { drive } from './closed-loop.ts';
import { liftedLimits } from './lifted.ts';
import { unsigned } from './local.ts';
import { median, row } from './table.ts';

const ROUNDS = 3;
const SECONDS = 3;
const CONNECTIONS = 16;
/** A stream that is only read: one full page. */
const FULL = 'full';
const data = Buffer.alloc(1024, 7).toString('base64');
const batch = Array.from({ length: 500 }, () => ({ Data: data, PartitionKey: 'k' }));

interface Load {
  readonly name: string;
  readonly operation: OperationName;
  readonly body: (client: WireClient, stream: string) => Promise<unknown>;
  /** Records of one call. */
  readonly records: number;
  /** What the reference is built to reach. */
  readonly wanted: number;
}

const loads: readonly Load[] = [
  {
    name: 'PutRecord 1 KiB',
    operation: 'PutRecord',
    body: async (_, stream) => ({ StreamName: stream, Data: data, PartitionKey: 'k' }),
    records: 1,
    wanted: 5,
  },
  {
    name: 'PutRecords 500 × 1 KiB',
    operation: 'PutRecords',
    body: async (_, stream) => ({ StreamName: stream, Records: batch }),
    records: 500,
    wanted: 10,
  },
  {
    name: 'GetRecords 10,000 × 1 KiB',
    operation: 'GetRecords',
    body: async (client) => ({ ShardIterator: await horizonOf(client, FULL) }),
    records: 10_000,
    wanted: 10,
  },
];

async function horizonOf(client: WireClient, StreamName: string): Promise<string> {
  const outcome = await client.call('GetShardIterator', {
    StreamName,
    ShardId: 'shardId-000000000000',
    ShardIteratorType: 'TRIM_HORIZON',
  });
  if (outcome.kind !== 'ok') throw new Error(`GetShardIterator: ${JSON.stringify(outcome)}`);
  return outcome.output.ShardIterator!;
}

async function createStream(client: WireClient, StreamName: string): Promise<void> {
  await client.call('CreateStream', { StreamName, ShardCount: 1 });
  for (;;) {
    const outcome = await client.call('DescribeStream', { StreamName });
    if (outcome.kind === 'ok' && outcome.output.StreamDescription.StreamStatus === 'ACTIVE') break;
  }
}

async function prepare(endpoint: WireEndpoint): Promise<WireClient> {
  const client = createClient(endpoint, systemClock);
  await createStream(client, FULL);
  for (let put = 0; put < 20; put += 1) await client.call('PutRecords', { StreamName: FULL, Records: batch });
  return client;
}

/** Records a second that were accepted or read. */
async function rateOf(url: string, client: WireClient, load: Load, round: number): Promise<number> {
  const stream = `${load.operation}-${round}`;
  await createStream(client, stream);
  const body = JSON.stringify(await load.body(client, stream));
  const { callsPerS } = await drive({
    url,
    connections: load.records > 1000 ? 2 : CONNECTIONS,
    seconds: SECONDS,
    request: () => ({ headers: unsigned(load.operation), body }),
  });
  await client.call('DeleteStream', { StreamName: stream });
  return callsPerS * load.records;
}

/** Prints the table of the reference against kinesalite. */
export async function peer(): Promise<void> {
  await using reference = await startReferenceThread({ limits: liftedLimits, latency: 'none' });
  await using kinesalite = await startTarget(loadTarget('kinesalite'));
  const ours = { ...kinesalite.kinesis, url: reference.url };
  const theirs = kinesalite.kinesis;
  const clients = { ours: await prepare(ours), theirs: await prepare(theirs) };
  console.log(row('load', 'reference records/s', 'kinesalite records/s', `ratio (median of ${ROUNDS})`, 'wanted'));
  for (const load of loads) {
    const rounds: { ours: number; theirs: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({
        ours: await rateOf(ours.url, clients.ours, load, round),
        theirs: await rateOf(theirs.url, clients.theirs, load, round),
      });
    }
    const rates = [rounds.map((round) => round.ours), rounds.map((round) => round.theirs)].map(median);
    const ratio = median(rounds.map((round) => round.ours / round.theirs));
    console.log(row(load.name, ...rates.map((rate) => String(Math.round(rate))), ratio.toFixed(1), `≥ ${load.wanted}`));
  }
  for (const client of Object.values(clients)) client.close();
}
