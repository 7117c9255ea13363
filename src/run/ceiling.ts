/**
 * The closed-loop maximum of an endpoint, by a generator that is not ours: autocannon, which sends calls that were signed
 * beforehand as fast as they are answered. It has no rate, so there is no pace that it could correct. Its count is held
 * against what the answers themselves say, read one by one: an independent check of how we count. Bounded in time (signatures
 * last five minutes) and in connections.
 */
import autocannon from 'autocannon';
import type { Clock } from '../clock.ts';
import { NS_PER_S } from '../clock.ts';
import { OperatorError } from '../operator-error.ts';
import type { StreamInfo } from '../fleet/context.ts';
import type { Random } from '../random.ts';
import type { ProbedEndpoint } from '../target/probe.ts';
import { createClient, type WireClient } from '../wire/client.ts';
import { type PresignedCall, presigned } from '../wire/presigned.ts';
import { openStreams } from './streams.ts';

export const ceilingOperations = ['PutRecord', 'PutRecords', 'GetRecords'] as const;
export type CeilingOperation = (typeof ceilingOperations)[number];

/** Signatures are good for five minutes; one operation has to be over well before. */
export const CEILING_SECONDS_MAX = 120;
export const CEILING_CONNECTIONS_MAX = 1000;

const RECORD_BYTES = 1024;
/** Different calls that take turns on every connection. */
const CALLS = 32;
/** Records of a PutRecords, and at the most of a GetRecords. */
const BATCH = 100;

export interface CeilingOptions {
  readonly kinesis: ProbedEndpoint;
  readonly operations: readonly CeilingOperation[];
  readonly seconds: number;
  readonly connections: number;
  readonly shards: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Unique; part of the stream's name. */
  readonly id: string;
  readonly stop: AbortSignal;
}

/** What both counts of one operation came to. */
export interface CeilingLine {
  readonly operation: CeilingOperation;
  readonly seconds: number;
  /** As autocannon counted: answers with a status of 2xx, with another, and calls that had none. */
  readonly cannon: { readonly ok: number; readonly refused: number; readonly errors: number };
  /** In ms, of the closed loop: the more connections, the longer. */
  readonly latencyMs: { readonly p50: number; readonly p99: number };
  /** As the answers say: answers with 200 that could be read, records stored or read, entries refused. */
  readonly answers: { readonly ok: number; readonly records: number; readonly refusedRecords: number };
}

/** Measures the operations one after another on a stream of its own, which is removed. Throws `ceiling-needs-http1`. */
export async function ceiling(options: CeilingOptions, onLine: (line: CeilingLine) => void): Promise<CeilingLine[]> {
  const { kinesis, clock, id, stop, shards, seconds, operations } = options;
  if (kinesis.transport.protocol !== 'h1') {
    throw new OperatorError('autocannon speaks HTTP/1.1, and this target does not', {
      code: 'ceiling-needs-http1',
      hint: 'there is no ceiling for a target that only speaks HTTP/2',
    });
  }
  const client = createClient(kinesis, clock);
  const run = { id, durationNs: operations.length * seconds * NS_PER_S, region: kinesis.region };
  const plans = [{ alias: 'ceiling', create: { shards, retentionHours: 24 } }];
  const lines: CeilingLine[] = [];
  try {
    const streams = await openStreams(plans, run, client, clock, stop);
    try {
      for (const operation of operations) {
        if (stop.aborted) break;
        const line = await measure(operation, streams.infos[0]![1], client, options);
        lines.push(line);
        onLine(line);
      }
    } finally {
      await streams.remove();
    }
  } finally {
    client.close();
  }
  return lines;
}

async function measure(
  operation: CeilingOperation,
  stream: StreamInfo,
  client: WireClient,
  { kinesis, clock, random, seconds, connections, stop }: CeilingOptions,
): Promise<CeilingLine> {
  const answers = { ok: 0, records: 0, refusedRecords: 0 };
  const onResponse = (status: number, body: string) => {
    if (status !== 200) return;
    const told = toldBy(operation, body);
    if (!told) return;
    answers.ok += 1;
    answers.records += told.records;
    answers.refusedRecords += told.refused;
  };
  const calls: PresignedCall[] = [];
  const inputs =
    operation === 'GetRecords' ? await reads(stream, client, random, clock) : puts(operation, stream.name, random);
  for (const input of inputs) calls.push(await presigned(kinesis, clock, operation, input as never));
  const result = await shoot(stop, {
    url: kinesis.url,
    connections,
    duration: seconds,
    requests: calls.map(({ headers, body }) => ({ method: 'POST', path: '/', headers, body, onResponse })),
    ...(kinesis.ca !== undefined && { tlsOptions: { ca: kinesis.ca } }),
  });
  return {
    operation,
    seconds: result.duration,
    cannon: { ok: result['2xx'], refused: result.non2xx, errors: result.errors },
    latencyMs: { p50: result.latency.p50, p99: result.latency.p99 },
    answers,
  };
}

function shoot(stop: AbortSignal, options: autocannon.Options): Promise<autocannon.Result> {
  return new Promise((resolve, reject) => {
    const instance = autocannon(options, (error: unknown, result) => {
      stop.removeEventListener('abort', end);
      if (error instanceof Error) reject(error);
      else resolve(result);
    });
    const end = () => instance.stop();
    stop.addEventListener('abort', end, { once: true });
  });
}

/** Data of one record, and its key. */
function record(random: Random, index: number): { Data: Buffer; PartitionKey: string } {
  const Data = Buffer.allocUnsafe(RECORD_BYTES);
  for (let at = 0; at < RECORD_BYTES; at += 4) Data.writeUInt32LE(random.uint32(), at);
  return { Data, PartitionKey: `key-${index}` };
}

function puts(operation: 'PutRecord' | 'PutRecords', StreamName: string, random: Random): object[] {
  return Array.from({ length: CALLS }, (_, call) =>
    operation === 'PutRecord'
      ? { StreamName, ...record(random, call) }
      : { StreamName, Records: Array.from({ length: BATCH }, (__, index) => record(random, call * BATCH + index)) },
  );
}

/** One read of the oldest records for each shard, which are put there first. */
async function reads(
  { name: StreamName, shardIds, open }: StreamInfo,
  client: WireClient,
  random: Random,
  clock: Clock,
): Promise<object[]> {
  const inputs: object[] = [];
  for (const [index, ShardId] of shardIds.entries()) {
    const ExplicitHashKey = open[index]?.startingHashKey ?? '0';
    const Records = Array.from({ length: BATCH }, (_, number) => ({ ...record(random, number), ExplicitHashKey }));
    // A shard whose second is spent takes them in the next.
    for (let tries = 0; tries < 5; tries += 1) {
      const put = await client.call('PutRecords', { StreamName, Records });
      if (put.kind === 'ok' && (put.output.FailedRecordCount ?? 0) === 0) break;
      await clock.sleepUntil(clock.monotonicNs() + NS_PER_S);
    }
    const begin = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
    const iterator = await client.call('GetShardIterator', begin);
    if (iterator.kind !== 'ok') throw new Error(`GetShardIterator: ${JSON.stringify(iterator)}`);
    inputs.push({ ShardIterator: iterator.output.ShardIterator!, Limit: BATCH });
  }
  return inputs;
}

/** Records that an answer speaks of; undefined when it cannot be read. */
function toldBy(operation: CeilingOperation, body: string): { records: number; refused: number } | undefined {
  let answer: { SequenceNumber?: unknown; Records?: { SequenceNumber?: unknown; ErrorCode?: unknown }[] };
  try {
    answer = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (operation === 'PutRecord')
    return typeof answer.SequenceNumber === 'string' ? { records: 1, refused: 0 } : undefined;
  if (!Array.isArray(answer.Records)) return undefined;
  const refused = answer.Records.filter(({ ErrorCode }) => typeof ErrorCode === 'string').length;
  return { records: answer.Records.length - refused, refused };
}

/** Whether the two counts are one: a few calls may have been under way when the time was over. */
export function countsAgree({ cannon, answers }: CeilingLine, connections: number): boolean {
  return Math.abs(cannon.ok - answers.ok) <= connections;
}
