/**
 * A thousand subscriptions at once, twenty consumers on each of fifty shards, over HTTP/2: every put goes out to twenty of
 * them. From the moment a record is put to the moment each subscriber has it, with no modelled latency. Reference and
 * subscribers share this process, each in a thread of its own.
 */
import assert from 'node:assert/strict';
import { connect, type ClientHttp2Session } from 'node:http2';
import { sleepFor, systemClock, NS_PER_MS, NS_PER_S } from '../src/clock.ts';
import { LatencyHistogram } from '../src/measure/histogram.ts';
import { EventStreamReader } from '../src/reference/event-stream-reader.ts';
import { startReferenceThread } from '../src/reference/thread.ts';
import { createClient, type WireClient } from '../src/wire/client.ts';
import { unsigned } from './local.ts';
import { row } from './table.ts';

const SHARDS = 50;
const CONSUMERS = 20;
const SESSIONS = 4;
const PUTS_PER_S = 200;
const SECONDS = 4;
const StreamName = 's';

/** Prints how soon a thousand subscribers have what is put. */
export async function subscriptions(): Promise<void> {
  await using reference = await startReferenceThread({
    limits: 'off',
    latency: 'none',
    createStreamMs: 0,
    createConsumerMs: 0,
  });
  const credentials = async () => ({ accessKeyId: 'a', secretAccessKey: 'b' });
  const client = createClient({ url: reference.url, region: reference.region, credentials }, systemClock);
  const arns = await consumersOf(client);
  const delays = new LatencyHistogram();
  const sessions = Array.from({ length: SESSIONS }, () => connect(reference.url));
  const pairs = arns.flatMap((arn) => Array.from({ length: SHARDS }, (_, shard) => ({ arn, shard })));
  await Promise.all(pairs.map(({ arn, shard }, at) => subscribe(sessions[at % SESSIONS]!, arn, shard, delays)));
  const puts = PUTS_PER_S * SECONDS;
  const startNs = systemClock.monotonicNs();
  for (let put = 0; put < puts; put += 1) {
    await systemClock.sleepUntil(startNs + (put * NS_PER_S) / PUTS_PER_S);
    void putTo(client, put % SHARDS);
  }
  await until(() => delays.count >= puts * CONSUMERS);
  const ms = (percentile: number) => `${((delays.percentileNs(percentile) ?? NaN) / NS_PER_MS).toFixed(2)} ms`;
  console.log(row('subscriptions at once', 'events', 'p50', 'p99'));
  console.log(row(String(pairs.length), String(delays.count), ms(0.5), ms(0.99)));
  for (const session of sessions) session.destroy();
  client.close();
}

async function consumersOf(client: WireClient): Promise<string[]> {
  await client.call('CreateStream', { StreamName, ShardCount: SHARDS });
  const described = await client.call('DescribeStreamSummary', { StreamName });
  assert(described.kind === 'ok');
  const { StreamARN } = described.output.StreamDescriptionSummary;
  const arns: string[] = [];
  for (let consumer = 0; consumer < CONSUMERS; consumer += 1) {
    const outcome = await client.call('RegisterStreamConsumer', { StreamARN, ConsumerName: `c-${consumer}` });
    assert(outcome.kind === 'ok');
    arns.push(outcome.output.Consumer.ConsumerARN);
  }
  return arns;
}

/** Resolves when the subscription has begun; every record it brings holds the time of its put. */
function subscribe(session: ClientHttp2Session, arn: string, shard: number, delays: LatencyHistogram): Promise<void> {
  const ShardId = `shardId-${String(shard).padStart(12, '0')}`;
  const stream = session.request({ ':method': 'POST', ':path': '/', ...unsigned('SubscribeToShard') });
  stream.end(JSON.stringify({ ConsumerARN: arn, ShardId, StartingPosition: { Type: 'LATEST' } }));
  const reader = new EventStreamReader();
  return new Promise((resolve, reject) => {
    stream.on('error', reject);
    stream.on('response', (headers) => {
      if (headers[':status'] === 200) resolve();
      else reject(new Error(`SubscribeToShard: ${headers[':status']}`));
    });
    stream.on('data', (chunk: Buffer) => {
      const nowNs = systemClock.monotonicNs();
      for (const { payload } of reader.read(chunk)) {
        const { Records = [] }: { Records?: { Data: string }[] } = JSON.parse(payload.toString());
        for (const { Data } of Records) {
          delays.record(nowNs - Number(Buffer.from(Data, 'base64').toString()));
          delays.event();
        }
      }
    });
  });
}

async function putTo(client: WireClient, shard: number): Promise<void> {
  const ExplicitHashKey = String((2n ** 128n / BigInt(SHARDS)) * BigInt(shard));
  const Data = Buffer.from(String(systemClock.monotonicNs())).toString('base64');
  await client.call('PutRecord', { StreamName, Data, PartitionKey: 'k', ExplicitHashKey });
}

async function until(holds: () => boolean): Promise<void> {
  const deadlineNs = systemClock.monotonicNs() + 30 * NS_PER_S;
  while (!holds()) {
    assert(systemClock.monotonicNs() < deadlineNs, 'not every subscriber had every record in time');
    await sleepFor(systemClock, 20 * NS_PER_MS);
  }
}
