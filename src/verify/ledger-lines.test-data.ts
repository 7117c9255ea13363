/** Histories of the ledger in a line each, for the tests of its judgement. */
import { positionDigest } from './digest.ts';
import type { Sweep } from './evidence.ts';
import { Fate, SentHistory } from './history.ts';
import { Reader, type ReaderExport } from './reader.ts';
import { writeTag } from './record-tag.ts';

export const RUN = 'r0000001';
export const SHARD = 'shardId-000000000000';
export const CHILD = 'shardId-000000000001';

/** `0@10`: record 0 at sequence number 10; `0!10` the same, damaged; `0^10` with another content; `x@10` nobody's. */
export function readerOf(
  name: string,
  lines: string,
  { producer = 0, consumers = [] as readonly ReaderExport[] } = {},
): ReaderExport {
  const reader = new Reader(name, RUN, undefined, { consumers });
  for (const line of lines.split(' ').filter(Boolean)) {
    const [, counter, how, SequenceNumber] = /^(\w+)([@!^])(\d+)$/.exec(line)!;
    const data = Buffer.alloc(60, how === '^' ? 9 : 1);
    if (counter !== 'x') writeTag(data, RUN, { producer, counter: Number(counter), dueNs: 1, key: 1 });
    if (how === '!') data[50]! ^= 1;
    reader.read(SHARD, { SequenceNumber: SequenceNumber!, PartitionKey: 'key-1' }, data);
  }
  return reader.export();
}

/** Outcomes of each record's attempts: acknowledged `a<sequence number>`, refused `r`, without an answer `m`. */
export function sentOf(puts: string, change: (sent: SentHistory) => void = () => {}) {
  const sent = new SentHistory();
  for (const [counter, attempts] of puts.split(' ').filter(Boolean).entries()) {
    for (const outcome of attempts.split(',')) {
      sent.sent(counter);
      if (outcome === 'r') sent.settled(counter, Fate.rejected);
      else if (outcome === 'm') sent.settled(counter, Fate.maybe);
      else sent.settled(counter, Fate.acknowledged, positionDigest(SHARD, outcome.slice(1)));
    }
  }
  change(sent);
  return sent.export();
}

export const producer = (puts = 'a10 a11 a12', change?: (sent: SentHistory) => void) => ({
  index: 0,
  name: 'writers/0',
  stream: 's',
  sent: sentOf(puts, change),
});

export function sweepOf(reader: ReaderExport | readonly (readonly [string, ReaderExport])[], complete = true): Sweep {
  const readers = Array.isArray(reader) ? (reader as readonly (readonly [string, ReaderExport])[]) : undefined;
  const shards = [
    { shardId: SHARD, parents: [] },
    { shardId: CHILD, parents: [SHARD] },
  ];
  return {
    complete,
    durationNs: 7,
    reason: complete ? null : 'out of time',
    from: 'TRIM_HORIZON',
    streams: (readers ?? [['s', reader as ReaderExport] as const]).map(([stream, each]) => ({
      stream,
      shards,
      reader: each,
    })),
  };
}

export const ALL = '0@10 1@11 2@12';
