/**
 * What the ledger costs by the length of a run: 1, 10 and 100 million records of ten agents, each noted as sent, acknowledged,
 * seen by one consumer and by the sweep, and judged. CPU is the process's own; memory is what the notes hold once garbage is
 * gone (run with --expose-gc), before they are judged. The rough run has a fifth of its records refused, a thousandth
 * unanswered, and one of a hundred thousand lost. What it costs to recognise a record (its tag, checksum, place) does not
 * depend on the length of a run and stands in a line of its own.
 */
import { discard, type Evidence } from '../src/verify/evidence.ts';
import { Fate, SentHistory } from '../src/verify/history.ts';
import { judge } from '../src/verify/judge.ts';
import { Reader } from '../src/verify/reader.ts';
import { writeTag } from '../src/verify/record-tag.ts';
import { SeenHistory, seenStore } from '../src/verify/seen-history.ts';
import { row } from './table.ts';

const AGENTS = 10;
const BLOCK = 1000;
const RUN = 'r0000001';
const LOST_EVERY = 100_000;
const RECOGNISED = 200_000;

/** Prints memory and CPU for each size; a number on the command line is the greatest size in millions. */
export async function ledger(): Promise<void> {
  const most = Number(process.argv.find((word) => /^\d+$/.test(word)) ?? 100);
  console.log(row('ledger', 'memory', 'file', 'CPU noting', 'CPU judging'));
  const sizes = [1, 10, 100].filter((millions) => millions <= most);
  const all = sizes.map((millions) => ({ millions, rough: false }));
  const clean = all.map((size) => ({ ...size, ...measure(size.millions * 1e6, size.rough) }));
  measure(Math.min(most, 10) * 1e6, true);
  const [first, last] = [clean[0]!, clean.at(-1)!];
  const reads = 2;
  const recognised = recognise();
  const grown = ((last.ns + reads * recognised) / (first.ns + reads * recognised) - 1) * 100;
  console.log(
    row(
      `all CPU, ${first.millions} to ${last.millions} million`,
      `${grown >= 0 ? '+' : ''}${grown.toFixed(1)} %`,
      '± 20 %',
    ),
  );
}

function measure(records: number, rough: boolean): { ns: number } {
  const before = held();
  const notes = new Notes(rough);
  for (let from = 0; from < records / AGENTS; from += BLOCK) {
    for (let agent = 0; agent < AGENTS; agent += 1) notes.run(agent, from);
  }
  for (let from = 0; from < records / AGENTS; from += BLOCK) {
    for (let agent = 0; agent < AGENTS; agent += 1) notes.swept(agent, from);
  }
  const noting = notes.cpuUs;
  const memory = held() - before;
  const evidence = notes.evidence();
  const file = evidence.producers.some(({ sent }) => sent.table.file !== null);
  const startUs = cpu();
  const report = judge(evidence);
  const judging = cpu() - startUs;
  discard(evidence);
  const lost = rough ? Math.floor(records / LOST_EVERY) : 0;
  if (report.sent !== records || report.counts.lost > lost || (rough && report.counts.lost === 0))
    throw new Error(`wrong: ${JSON.stringify(report)}`);
  const ns = ((noting + judging) * 1000) / records;
  console.log(
    row(
      `${records / 1e6} million${rough ? ', rough' : ''}`,
      `${(memory / 2 ** 20).toFixed(0)} MiB, ${((memory * 8) / records).toFixed(1)} bit each`,
      file ? `${((records * 25) / 2 ** 20).toFixed(0)} MiB at the most` : 'none',
      `${((noting * 1000) / records).toFixed(0)} ns a record`,
      `${((judging * 1000) / records).toFixed(1)} ns a record`,
    ),
  );
  return { ns };
}

/** The notes of one run, and the CPU they took. */
class Notes {
  readonly #agents = Array.from({ length: AGENTS }, () => new SentHistory());
  readonly #consumer = readerOf();
  readonly #sweep = readerOf();
  readonly #rough: boolean;
  cpuUs = 0;

  constructor(rough: boolean) {
    this.#rough = rough;
  }

  run(agent: number, from: number): void {
    const sent = this.#agents[agent]!;
    const seen = this.#consumer[agent]!;
    const startUs = cpu();
    for (let counter = from; counter < from + BLOCK; counter += 1) {
      const fate = this.#fate(counter);
      const position = placeOf(agent, counter);
      sent.sent(counter);
      sent.settled(counter, fate, fate === Fate.acknowledged ? position : 0);
      if (fate === Fate.acknowledged) seen.see(counter, position, position ^ 1, true);
    }
    this.cpuUs += cpu() - startUs;
  }

  swept(agent: number, from: number): void {
    const seen = this.#sweep[agent]!;
    const startUs = cpu();
    for (let counter = from; counter < from + BLOCK; counter += 1) {
      if (this.#fate(counter) !== Fate.acknowledged || (this.#rough && counter % LOST_EVERY === 77)) continue;
      seen.see(counter, placeOf(agent, counter), placeOf(agent, counter) ^ 1, true);
    }
    this.cpuUs += cpu() - startUs;
  }

  evidence(): Evidence {
    const notesOf = (name: string, seen: readonly SeenHistory[]) => ({
      ...new Reader(name, RUN).export(),
      seen: seen.map((each, producer) => [producer, each.export()] as const),
    });
    return {
      producers: this.#agents.map((sent, index) => ({
        index,
        name: `writers/${index}`,
        stream: 's',
        sent: sent.export(),
      })),
      consumers: [{ stream: 's', reader: notesOf('pollers/0', this.#consumer) }],
      sweep: {
        complete: true,
        reason: null,
        durationNs: 1,
        from: 'TRIM_HORIZON',
        streams: [{ stream: 's', shards: [], reader: notesOf('sweep', this.#sweep) }],
      },
      ownStreams: true,
      verify: ['no-loss', 'no-duplicates', 'order', 'immutability'],
    };
  }

  #fate(counter: number): Fate {
    if (!this.#rough) return Fate.acknowledged;
    return counter % 5 === 4 ? Fate.rejected : counter % 1000 === 0 ? Fate.maybe : Fate.acknowledged;
  }
}

function readerOf(): SeenHistory[] {
  const store = seenStore();
  return Array.from({ length: AGENTS }, () => new SeenHistory(store));
}

/** Stands for the digest of a place: a number that looks like chance, and never 0. */
function placeOf(agent: number, counter: number): number {
  return (Math.imul(counter * AGENTS + agent, 0x9e3779b1) | 1) >>> 0;
}

/** What a reader pays for one record before it is noted: tag, checksum, order in the shard, place and content. */
function recognise(): number {
  const reader = new Reader('sweep', RUN);
  let us = 0;
  for (let from = 0; from < RECOGNISED; from += BLOCK) {
    const made = Array.from({ length: BLOCK }, (_, at) => {
      const data = Buffer.alloc(1024);
      writeTag(data, RUN, { producer: 0, counter: from + at, dueNs: 1, key: 1 });
      // As long as those of AWS.
      const SequenceNumber = `49545115243490985018280067714973144582180062${1e11 + from + at}`;
      return { data, record: { SequenceNumber, PartitionKey: 'key-1' } };
    });
    const startUs = cpu();
    for (const { record, data } of made) reader.read('shardId-000000000000', record, data);
    us += cpu() - startUs;
  }
  const ns = (us * 1000) / RECOGNISED;
  console.log(row('a record of 1 KiB, read', '', '', `${ns.toFixed(0)} ns a read`));
  return ns;
}

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Bytes that are held once garbage is gone. */
function held(): number {
  for (let turn = 0; turn < 3; turn += 1) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
