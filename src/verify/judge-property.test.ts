/** Random histories, some legal and some not, are judged alike by the ledger and by its naive twin. */
import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { positionDigest } from './digest.ts';
import { discard } from './evidence.ts';
import { Fate, SentHistory } from './history.ts';
import { judge } from './judge.ts';
import { anomalies, type Anomaly } from './ledger-report.ts';
import { naiveCounts, type NaiveHistory, type NaivePut, type NaiveRead } from './naive-ledger.test-data.ts';
import { Reader } from './reader.ts';
import { writeTag } from './record-tag.ts';

const RUN = 'r0000001';

/** How often each thing goes wrong, as a share of its chances. */
interface World {
  readonly records: number;
  /** Counters are so far apart: 1 fills pages, more spreads few records over many. */
  readonly stride: number;
  readonly retries: number;
  readonly evil: number;
}

function put(random: Random, world: World, counter: number): NaivePut {
  const attempts: ('acknowledged' | 'rejected' | 'maybe')[] = [];
  do {
    const draw = random.uniform();
    const failed = random.uniform() < 0.5 ? 'rejected' : 'maybe';
    attempts.push(draw < world.retries ? failed : 'acknowledged');
  } while (attempts.at(-1) !== 'acknowledged' && random.uniform() < 0.6);
  return { counter, attempts, place: '' };
}

/** What the shards hold, and what the producer was told. */
function storeAll(random: Random, world: World): { puts: NaivePut[]; log: NaiveRead[] } {
  const log: NaiveRead[] = [];
  let number = 10;
  const store = (counter: number) => {
    const shardId = `shardId-00000000000${random.below(2)}`;
    const sequenceNumber = String((number += 1 + random.below(3)));
    const plain = { damaged: false, wrongKey: false, restart: false };
    log.push({ shardId, sequenceNumber, counter, content: '0', ...plain });
    return `${shardId} ${sequenceNumber}`;
  };
  const evil = () => random.uniform() < world.evil;
  const puts = Array.from({ length: world.records }, (_, at) => {
    const made = put(random, world, at * world.stride);
    let place = '';
    for (const outcome of made.attempts) {
      if (outcome === 'rejected' && evil()) store(made.counter);
      if (outcome === 'maybe' && random.uniform() < 0.5) store(made.counter);
      if (outcome !== 'acknowledged') continue;
      place = evil() ? `shardId-000000000000 ${(number += 1)}` : store(made.counter);
      if (evil()) store(made.counter);
    }
    return { ...made, place };
  });
  if (evil()) store(world.records * world.stride + random.below(3 * world.stride));
  return { puts, log };
}

/** One reader's way through what the shards hold. */
function readAll(random: Random, world: World, log: readonly NaiveRead[], from: number): NaiveRead[] {
  const evil = () => random.uniform() < world.evil;
  const copies = new Map<number, number>();
  for (const { counter } of log) copies.set(counter, (copies.get(counter) ?? 0) + 1);
  // Of three copies or more, one that is met only on the way back is taken for one of the others: let each be met at first.
  const plain = (read: NaiveRead) => copies.get(read.counter)! < 3;
  const shards = [0, 1].map((shard) =>
    log.filter(({ shardId }) => shardId.endsWith(String(shard))).slice(from > 0 ? random.below(from) : 0),
  );
  const reads = shards.flatMap((shard) => {
    const given = shard.filter((read) => !evil() || !plain(read));
    for (let at = 1; at < given.length; at += 1) {
      const [one, two] = [given[at - 1]!, given[at]!];
      if (evil() && plain(one) && plain(two)) [given[at - 1], given[at]] = [two, one];
    }
    // It starts again from an earlier checkpoint (which is legal), or is thrown back without a restart (which is not).
    if (given.length > 0 && random.uniform() < 0.3) {
      const back = random.below(given.length);
      const restart = !evil();
      const repeated = given.slice(back).map((read, at) => ({ ...read, restart: restart && at === 0 }));
      return [...given, ...repeated];
    }
    return given;
  });
  return reads.map((read) => ({
    ...read,
    damaged: evil() && plain(read),
    wrongKey: evil(),
    content: evil() ? '1' : read.content,
  }));
}

function readerOf(name: string, reads: readonly NaiveRead[], consumers: readonly ReturnType<Reader['export']>[] = []) {
  const reader = new Reader(name, RUN, undefined, { hotPages: 1, consumers });
  for (const { shardId, sequenceNumber, counter, content, damaged, wrongKey, restart } of reads) {
    const data = Buffer.alloc(52, Number(content));
    writeTag(data, RUN, { producer: 0, counter, dueNs: 1, key: 1 });
    if (damaged) data[50]! ^= 1;
    if (restart) reader.restart(shardId);
    reader.read(shardId, { SequenceNumber: sequenceNumber, PartitionKey: wrongKey ? 'key-2' : 'key-1' }, data);
  }
  return structuredClone(reader.export());
}

/** What the real ledger says. */
function counts({ puts, consumers, sweep, again, complete, expired }: NaiveHistory): Record<Anomaly, number> {
  const sent = new SentHistory(1);
  for (let counter = 0; counter <= puts.at(-1)!.counter; counter += 1) sent.dueTimes.note(counter, counter);
  for (const { counter, attempts, place } of puts) {
    for (const outcome of attempts) {
      sent.sent(counter);
      const [shardId, sequenceNumber] = place.split(' ') as [string, string];
      if (outcome === 'acknowledged') sent.settled(counter, Fate.acknowledged, positionDigest(shardId, sequenceNumber));
      else sent.settled(counter, Fate[outcome]);
    }
  }
  const notes = consumers.map((reads, at) => ({ stream: 's', reader: readerOf(`pollers/${at}`, reads) }));
  const swept = (name: string, reads: readonly NaiveRead[], whole: boolean) => ({
    complete: whole,
    durationNs: 1,
    reason: whole ? null : 'out of time',
    from: 'TRIM_HORIZON',
    streams: [
      {
        stream: 's',
        shards: [],
        reader: readerOf(
          name,
          reads,
          notes.map(({ reader }) => reader),
        ),
      },
    ],
  });
  const evidence = {
    producers: [{ index: 0, name: 'writers/0', stream: 's', sent: structuredClone(sent.export()) }],
    consumers: notes,
    sweep: swept('sweep', sweep, complete),
    again: again && swept('second sweep', again, true),
    ownStreams: true,
    expiredNs: new Map([['s', expired]]),
    verify: [],
  };
  const report = judge(evidence);
  for (const anomaly of anomalies) {
    const witnesses = report.witnesses.filter((witness) => witness.anomaly === anomaly);
    expect(witnesses.length > 0, `a witness of ${anomaly}`).toBe(report.counts[anomaly] > 0);
  }
  discard(evidence);
  return { ...report.counts };
}

function historyOf(random: Random, world: World): NaiveHistory {
  const { puts, log } = storeAll(random, world);
  const read = (from: number) => readAll(random, world, log, from);
  const complete = random.uniform() < 0.8;
  return {
    puts,
    consumers: Array.from({ length: random.below(3) }, () => read(random.below(3))),
    sweep: complete ? read(0) : read(0).slice(0, random.below(log.length + 1)),
    again: complete && random.uniform() < 0.3 ? read(0) : undefined,
    complete,
    // Between two records: of many, the ledger keeps the due times of some.
    expired: random.uniform() < 0.5 ? world.stride * (random.below(world.records) - 0.5) : -Infinity,
  };
}

const worlds: readonly (readonly [string, number, World])[] = [
  ['few records, much evil', 300, { records: 6, stride: 1, retries: 0.4, evil: 0.15 }],
  ['records far apart', 40, { records: 12, stride: 1700, retries: 0.3, evil: 0.05 }],
  ['one defect or none', 300, { records: 20, stride: 1, retries: 0.2, evil: 0.003 }],
];

test.each(worlds)('%s', (_, runs, world) => {
  const found = new Set<Anomaly>();
  for (let seed = 1; seed <= runs; seed += 1) {
    const history = historyOf(new Random(seed), world);
    const expected = naiveCounts(history);
    expect(counts(history), `seed ${seed}: ${JSON.stringify(history)}`).toEqual(expected);
    for (const anomaly of anomalies) if (expected[anomaly] > 0) found.add(anomaly);
  }
  // A generator that never makes a class would prove nothing of it.
  expect([...found].sort()).toEqual([...anomalies].sort());
});

test('pages full of records, with next to nothing wrong', () => {
  for (let seed = 1; seed <= 3; seed += 1) {
    const world = { records: 9000, stride: 1, retries: 0, evil: seed === 1 ? 0 : 0.0001 };
    const random = new Random(seed);
    const { puts, log } = storeAll(random, world);
    const read = () => log.filter(() => random.uniform() >= world.evil);
    const history = { puts, consumers: [read()], sweep: read(), again: undefined, expired: 0, complete: true };
    const naive = naiveDense(history);
    expect(counts(history), `seed ${seed}`).toMatchObject(naive);
    expect(naive.lost + naive.missed > 0).toBe(seed > 1);
  }
});

/** Losses and misses of a large history, by sets. */
function naiveDense({ puts, consumers, sweep }: NaiveHistory) {
  const swept = new Set(sweep.map(({ counter }) => counter));
  const consumed = new Set(consumers[0]!.map(({ counter }) => counter));
  return {
    lost: puts.filter(({ counter }) => !swept.has(counter)).length,
    missed: sweep.filter(({ counter }) => !consumed.has(counter)).length,
    changed: 0,
    ghost: 0,
    reordered: 0,
  };
}
