/**
 * KIN-MC-03: a worker that dies is followed by one that continues after its checkpoint. Each worker reads some pages, keeps the
 * checkpoint of all but the last, and dies; the next one may be given again what was read and not kept, and must be given
 * everything else. Two shards, each with a chain of workers, while writers go on.
 */
import { compareSequenceNumbers } from '../../src/protocol/sequence-number.ts';
import type { ReceivedRecord } from '../../src/wire/received.ts';
import { disagreement } from '../agreement.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { type Acknowledged, horizon, iteratorAt, type Position, put, putAll, sweep } from '../records.ts';
import { sleepFor } from '../../src/clock.ts';
import { broken, holds, statement } from '../statement.ts';

const WORKERS = 4;
const PAGES_EACH = 3;
const LIMIT = 9;
const RECORDS = 160;
/** Five reads a second are allowed. */
const READ_PAUSE_NS = 200_000_000;

export const kinMc03 = statement({
  id: 'KIN-MC-03',
  level: 'MUST',
  evidence: ['guide'],
  sentence:
    'A reader that starts AFTER_SEQUENCE_NUMBER at another one’s checkpoint gets every record behind it, however far that other one had read.',
  source: 'Developing consumers (checkpoints, lease hand-over); GetShardIterator, AFTER_SEQUENCE_NUMBER',
  fault: 'mc.checkpoint-ahead',
  needs: [],
  uses: { streams: [2], shared: [], records: 270 },
  exercises: { 'hand-overs': 2 * (WORKERS - 1), 'records read past a checkpoint': 2 * (WORKERS - 1) },
  check: async (context) => {
    const stream = await context.stream(2, 'fresh');
    const keys = Array.from({ length: RECORDS }, (_, index) => `key-${index}`);
    const before = await putAll(context, stream, keys);
    const writing = new AbortController();
    const chains = Promise.all(stream.shards.map(({ ShardId }) => handOver(context, stream, ShardId)));
    const [workers, meanwhile] = await Promise.all([
      chains.finally(() => writing.abort()),
      write(context, stream, writing.signal),
    ]);
    for (const [index, { ShardId: shardId }] of stream.shards.entries()) {
      const log = await sweep(context, stream, shardId, [...before, ...meanwhile]);
      const why = gapOf(workers[index]!, log);
      if (why) return broken(`${shardId}: ${why}`);
    }
    return holds(`${2 * (WORKERS - 1)} workers each began right after the checkpoint of the one before`);
  },
});

/** What one worker was given, and from where. */
interface Worker {
  readonly checkpoint: string | undefined;
  readonly records: readonly ReceivedRecord[];
}

/** Puts records until it is told to stop. */
async function write(context: Context, stream: Stream, signal: AbortSignal): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  while (!signal.aborted && context.clock.monotonicNs() < context.deadlineNs) {
    acknowledged.push(await put(context, stream, { key: `meanwhile-${acknowledged.length}` }));
    await sleepFor(context.clock, READ_PAUSE_NS, signal);
  }
  return acknowledged;
}

/** A chain of workers on one shard. */
async function handOver(context: Context, stream: Stream, shardId: string): Promise<Worker[]> {
  const workers: Worker[] = [];
  let checkpoint: string | undefined;
  for (let number = 0; number < WORKERS; number += 1) {
    const from: Position =
      checkpoint === undefined ? horizon : { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: checkpoint };
    const pages = await readPages(context, await iteratorAt(context, stream, shardId, from));
    workers.push({ checkpoint, records: pages.flat() });
    if (checkpoint !== undefined) context.count('hand-overs');
    if (number < WORKERS - 1) context.count('records read past a checkpoint', pages.at(-1)!.length);
    checkpoint = pages.at(-2)!.at(-1)!.SequenceNumber;
  }
  return workers;
}

/** Some pages with records; empty ones do not count. */
async function readPages(context: Context, first: string): Promise<ReceivedRecord[][]> {
  const { clock, deadlineNs, send } = context;
  const pages: ReceivedRecord[][] = [];
  let iterator: string | null | undefined = first;
  while (pages.length < PAGES_EACH) {
    if (!iterator) throw new Unobservable('an open shard gave no NextShardIterator');
    if (clock.monotonicNs() > deadlineNs)
      throw new Unobservable('the pages of a worker did not come before the deadline');
    const page: { Records: ReceivedRecord[]; NextShardIterator?: string | null } = await send('GetRecords', {
      ShardIterator: iterator,
      Limit: LIMIT,
    });
    context.count('records read', page.Records.length);
    if (page.Records.length > 0) pages.push(page.Records);
    iterator = page.NextShardIterator;
    await sleepFor(clock, READ_PAUSE_NS);
  }
  return pages;
}

/** What a worker was not given. */
function gapOf(workers: readonly Worker[], log: readonly ReceivedRecord[]): string | undefined {
  for (const [index, { checkpoint, records }] of workers.entries()) {
    const due = log[checkpoint === undefined ? 0 : log.findIndex((record) => record.SequenceNumber === checkpoint) + 1];
    const first = records[0]!.SequenceNumber;
    if (due && compareSequenceNumbers(first, due.SequenceNumber) > 0) {
      const left = log.filter(
        ({ SequenceNumber: number }) =>
          compareSequenceNumbers(number, due.SequenceNumber) >= 0 && compareSequenceNumbers(number, first) < 0,
      );
      return `worker ${index + 1}, AFTER_SEQUENCE_NUMBER ${checkpoint ?? '(none, TRIM_HORIZON)'}, began with ${first}: ${left.length} records were left out, first ${due.SequenceNumber}`;
    }
    const why = disagreement(records, log, due?.SequenceNumber);
    if (why) return `worker ${index + 1}, from checkpoint ${checkpoint ?? 'none'} on: ${why}`;
  }
  return undefined;
}
