/**
 * Writes a history down while producers and readers make it. A producer makes one try at a time; throttled tries are made
 * again, each is noted. What ended unknown is noted as that and not repeated, so that a copy is never the recorder's own.
 */
import { sleepFor } from '../../src/clock.ts';
import { isThrottle } from '../../src/protocol/errors.ts';
import type { PutRecordInput, PutRecordsRequestEntry } from '../../src/protocol/operations.ts';
import type { WireClient } from '../../src/wire/client.ts';
import type { Outcome } from '../../src/wire/outcome.ts';
import type { ReceivedRecord } from '../../src/wire/received.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { horizon, iteratorAt } from '../records.ts';
import { type Attempt, type Fate, type History, isBefore, isStored, type Read, type Scan } from './history.ts';

/** Pause before a throttled put is tried again, in ns. */
const RETRY_NS = 220_000_000;
/** So many tries may end unknown: an endpoint that answers less cannot be observed. */
const UNKNOWN_MAX = 20;

/** A record to put. */
export interface NewRecord {
  readonly key: string;
  /** Base64. */
  readonly data: string;
  readonly explicitHashKey?: string;
  /** What it is chained to. */
  readonly after?: Attempt | undefined;
}

/** How a shard is read. */
export interface ScanOptions {
  readonly limit: number;
  /** Between two pages. */
  readonly pauseNs: number;
  /** While it is true there is more to come; reading ends when what was acknowledged by then was met, or had its time to appear. */
  readonly writing?: () => boolean;
  /** The shard is closed, so that the iterators end. */
  readonly closed?: boolean;
}

export class Recorder {
  readonly #attempts: Attempt[] = [];
  readonly #scans: Scan[] = [];
  readonly #context: Context;
  readonly #stream: Stream;
  #moments = 0;
  #unknown = 0;

  constructor(context: Context, stream: Stream) {
    this.#context = context;
    this.#stream = stream;
  }

  /** What was recorded so far. */
  get history(): History {
    return { attempts: this.#attempts, scans: this.#scans };
  }

  /** Puts a record until it is not throttled, and gives its last try. */
  async put(writer: string, record: NewRecord, client: WireClient = this.#context.client): Promise<Attempt> {
    const { clock, deadlineNs } = this.#context;
    for (;;) {
      const attempt = await this.putOnce(writer, record, client);
      if (attempt.fate !== 'refused') return attempt;
      if (!isThrottle(attempt.said ?? '') || clock.monotonicNs() > deadlineNs) {
        throw new Unobservable(`PutRecord of ${record.data.length} characters was refused with ${attempt.said}`);
      }
      await sleepFor(clock, RETRY_NS);
    }
  }

  /** One try, whatever comes of it. */
  async putOnce(writer: string, record: NewRecord, client: WireClient = this.#context.client): Promise<Attempt> {
    const { key, data, after, explicitHashKey } = record;
    const input: PutRecordInput = { StreamName: this.#stream.name, PartitionKey: key, Data: data };
    if (explicitHashKey !== undefined) input.ExplicitHashKey = explicitHashKey;
    if (after?.sequenceNumber !== undefined) input.SequenceNumberForOrdering = after.sequenceNumber;
    const sent = this.#moment();
    const outcome = await client.call('PutRecord', input);
    const came = outcome.kind === 'ok' ? outcome.output : undefined;
    return this.#note({
      writer,
      key,
      data,
      ...fateOf(outcome),
      shardId: came?.ShardId,
      sequenceNumber: came?.SequenceNumber,
      after: after?.data,
      sent,
      answered: this.#moment(),
    });
  }

  /** One PutRecords call, whatever comes of it and its entries. */
  async putBatch(writer: string, records: readonly NewRecord[]): Promise<Attempt[]> {
    const Records = records.map(({ key, data, explicitHashKey }): PutRecordsRequestEntry => {
      const entry = { PartitionKey: key, Data: data };
      return explicitHashKey === undefined ? entry : { ...entry, ExplicitHashKey: explicitHashKey };
    });
    const sent = this.#moment();
    const outcome = await this.#context.client.call('PutRecords', { StreamName: this.#stream.name, Records });
    const answered = this.#moment();
    return records.map(({ key, data }, index) => {
      const common = { writer, key, data, sent, answered };
      if (outcome.kind !== 'ok') return this.#note({ ...common, ...fateOf(outcome) });
      const { ShardId, SequenceNumber, ErrorCode } = outcome.output.Records[index] ?? {};
      if (typeof ShardId === 'string' && typeof SequenceNumber === 'string' && !ErrorCode) {
        return this.#note({ ...common, fate: 'stored', shardId: ShardId, sequenceNumber: SequenceNumber });
      }
      const said = String(ErrorCode);
      return this.#note({ ...common, fate: isThrottle(said) ? 'refused' : 'unknown', said });
    });
  }

  /** Follows a shard from TRIM_HORIZON on. */
  async scan(reader: string, shardId: string, options: ScanOptions): Promise<Scan> {
    const context = this.#context;
    const { clock, settleNs, deadlineNs } = context;
    const pages: Read[][] = [];
    const met = new Set<string>();
    let last: string | undefined;
    let missing: string[] | undefined;
    let tipNs: number | undefined;
    let iterator: string | null | undefined = await iteratorAt(context, this.#stream, shardId, horizon);
    while (iterator) {
      const page: { Records: ReceivedRecord[]; NextShardIterator?: string | null; MillisBehindLatest?: number } =
        await context.send('GetRecords', { ShardIterator: iterator, Limit: options.limit });
      pages.push(page.Records.map(readOf));
      for (const { SequenceNumber } of page.Records) {
        met.add(SequenceNumber);
        if (last === undefined || isBefore(last, SequenceNumber)) last = SequenceNumber;
      }
      iterator = page.NextShardIterator;
      const nowNs = clock.monotonicNs();
      const atTip = page.Records.length === 0 && (page.MillisBehindLatest ?? 0) === 0;
      if (!options.writing?.()) {
        const before = missing?.length;
        // What a chain of iterators has passed by it does not meet any more.
        missing = (missing ?? this.#storedIn(shardId)).filter(
          (number) => !met.has(number) && (last === undefined || isBefore(last, number)),
        );
        // The settling time counts from the first look at the tip since something of it was met; others may go on to write.
        if (missing.length !== before) tipNs = undefined;
        if (atTip) tipNs ??= nowNs;
        const settled = tipNs !== undefined && nowNs - tipNs >= settleNs;
        if (missing.length === 0 || settled) return this.#keep({ reader, shardId, pages });
      }
      if (nowNs > deadlineNs) throw new Unobservable(`reading ${shardId} did not reach its end before the deadline`);
      await sleepFor(clock, options.pauseNs);
    }
    if (!options.closed) throw new Unobservable(`GetRecords of ${shardId}, which is open, gave no NextShardIterator`);
    return this.#keep({ reader, shardId, pages });
  }

  #keep(scan: Scan): Scan {
    this.#scans.push(scan);
    return scan;
  }

  #storedIn(shardId: string): string[] {
    return this.#attempts
      .filter(isStored)
      .filter((one) => one.shardId === shardId)
      .map((one) => one.sequenceNumber);
  }

  #moment(): number {
    return (this.#moments += 1);
  }

  #note(attempt: Attempt): Attempt {
    this.#attempts.push(attempt);
    if (attempt.fate === 'unknown') this.#unknown += 1;
    if (this.#unknown > UNKNOWN_MAX)
      throw new Unobservable(`of too many puts it is not known what became of them, last: ${attempt.said}`);
    return attempt;
  }
}

function fateOf(outcome: Outcome<unknown>): { fate: Fate; said?: string } {
  if (outcome.kind === 'ok') return { fate: 'stored' };
  if (outcome.kind !== 'error') return { fate: 'unknown', said: outcome.kind };
  const { status, code, message } = outcome;
  const refused = status >= 400 && status <= 499 && code !== 'InternalFailure';
  return {
    fate: refused ? 'refused' : 'unknown',
    said: isThrottle(code) ? code : `${status} ${code} ${message}`.trim(),
  };
}

function readOf({ SequenceNumber, PartitionKey, Data, ApproximateArrivalTimestamp }: ReceivedRecord): Read {
  return {
    sequenceNumber: SequenceNumber,
    key: PartitionKey,
    data: Data.toString('base64'),
    arrivalS: ApproximateArrivalTimestamp,
  };
}

/** Unique data of about so many bytes, in base64. */
export function sized(context: Context, bytes: number): string {
  return Buffer.from(Buffer.from(context.data(), 'base64').toString('latin1').padEnd(bytes, '.')).toString('base64');
}
