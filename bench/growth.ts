/**
 * What a record costs as a run grows: by shards, by agents, by length, everything else being equal. The runs are simulated, so
 * that an hour is at hand and every run does the same work. Small runs are
 * repeated until all of a row have handled as many records. All rows of a table take their turns in each round, and the calmest
 * round of each counts: neighbours only add, and what the machine does for a minute is not to fall on one row.
 * The load engine is what must stay flat: what the reference spends in its calls is timed and shown beside it, since a thousand
 * shards are a thousand logs in its memory and none in the engine's. What Node's own threads do beside (most of it collects
 * garbage) serves both and cannot be told apart: a third figure.
 * What a run costs in itself, however little it does, is measured first and taken off: a second's run would show little else.
 * Memory is what is held once garbage is gone, at the worst of ten points of the run, without what the reference stores: the
 * records are its business, a run's own notes are ours.
 */
import type { Endpoint } from '../src/reference/endpoint.ts';
import { parseScenario } from '../src/scenario/parse.ts';
import { simulate } from '../src/run/simulation.ts';
import { row } from './table.ts';

const ROUNDS = 3;
/** Longer runs are made once, for both figures: what ten collections cost is nothing beside them. */
const LONG_RECORDS = 500_000;
/** Records of a round, over as many runs as that takes. */
const RECORDS = 200_000;
/** Runs of one record, from which the cost of a run in itself comes. */
const EMPTY_RUNS = 200;
const POINTS = 10;

interface Size {
  readonly name: string;
  readonly shards: number;
  readonly agents: number;
  readonly seconds: number;
  readonly perS: number;
  readonly consumed: boolean;
}

const usual = { shards: 1, agents: 1, seconds: 200, perS: 1000, consumed: true };
// Polls come by the shard, not by the record: with consumers this table would show that and nothing else. So do the seconds of the
// series, and a shard that has one record a second would show those: at 10,000 a second, a thousand shards have ten each.
const byShards = [1, 10, 100, 1000].map((shards) => {
  return { ...usual, name: `${shards} shards`, shards, seconds: 20, perS: 10_000, consumed: false };
});
const byAgents = [1, 10, 100].map((agents) => ({ ...usual, name: `${agents} agents`, agents }));
const byLength = [
  { ...usual, name: '1 s', seconds: 1 },
  { ...usual, name: '1 min', seconds: 60 },
  { ...usual, name: '1 h', seconds: 3600 },
];

/** Prints the three tables, each with how far its rows lie apart. */
export async function growth(): Promise<void> {
  await once(usual, 1, false);
  const empty = await once({ ...usual, seconds: 1, perS: 1 }, EMPTY_RUNS, false);
  const perRun = {
    engineUs: empty.engineUs / EMPTY_RUNS,
    referenceUs: empty.referenceUs / EMPTY_RUNS,
    helpersUs: empty.helpersUs / EMPTY_RUNS,
  };
  const inItself = [perRun.engineUs, perRun.referenceUs, perRun.helpersUs].map((us) => `${(us / 1000).toFixed(1)} ms`);
  console.log(row('a run in itself', '', ...inItself));
  for (const [title, sizes] of [
    ['shards', byShards],
    ['producing agents', byAgents],
    ['length of the run', byLength],
  ] as const) {
    console.log(
      row(`growth by ${title}`, 'records a run', 'engine, CPU a record', 'reference', "Node's threads", 'memory'),
    );
    const least = await calmest(sizes, perRun);
    const costs: Split[] = [];
    for (const size of sizes) {
      const { held: heldBytes, ...cost } = least.get(size)!;
      const spent = [cost.engineUs, cost.referenceUs, cost.helpersUs].map((us) => `${us.toFixed(1)} µs`);
      const heldMib = (heldBytes || (await once(size, 1, true)).held) / 2 ** 20;
      console.log(row(`  ${size.name}`, String(size.perS * size.seconds), ...spent, `${heldMib.toFixed(1)} MiB`));
      costs.push(cost);
    }
    const apart = (part: keyof Split) => {
      const values = costs.map((cost) => cost[part]);
      return `${((Math.max(...values) / Math.min(...values) - 1) * 100).toFixed(0)} %`;
    };
    console.log(
      row('  apart by', '', apart('engineUs'), apart('referenceUs'), '', 'wanted of the engine: 20 % at the most'),
    );
  }
}

/** Whose CPU it was, µs. */
interface Split {
  /** The thread of the run, without the reference's calls. */
  readonly engineUs: number;
  readonly referenceUs: number;
  /** The other threads of the process: garbage collection and compilation, for both. */
  readonly helpersUs: number;
}

/** CPU a record of each size in its calmest round, and what the run of a long one held. */
async function calmest(sizes: readonly Size[], perRun: Split): Promise<Map<Size, Split & Pick<Cost, 'held'>>> {
  const least = new Map<Size, Split & Pick<Cost, 'held'>>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const size of sizes) {
      const recordsARun = size.perS * size.seconds;
      const long = recordsARun > LONG_RECORDS;
      if (long && round > 0) continue;
      const runs = Math.max(1, Math.round(RECORDS / recordsARun));
      const { records, held: most, ...spent } = await once(size, runs, long);
      const share = (part: keyof Split) => (spent[part] - runs * perRun[part]) / records;
      const split = { engineUs: share('engineUs'), referenceUs: share('referenceUs'), helpersUs: share('helpersUs') };
      const before = least.get(size);
      if (!before || split.engineUs < before.engineUs) least.set(size, { ...split, held: most });
    }
  }
  return least;
}

interface Cost extends Split {
  readonly records: number;
  /** What a run holds at the most, in bytes, besides the reference's records; 0 where it was not weighed. */
  readonly held: number;
}

async function once(size: Omit<Size, 'name'>, runs: number, weighed: boolean): Promise<Cost> {
  let records = 0;
  let referenceUs = 0;
  let reference: Endpoint | undefined;
  let most = 0;
  let next = 0;
  const base = weighed ? held() : 0;
  const before = process.cpuUsage();
  const startedUs = threadUs();
  for (let run = 0; run < runs; run += 1) {
    const { ledger } = await simulate({
      scenario: scenarioOf(size),
      seed: run,
      endpoint: { limits: 'off' },
      through: (handle, _clock, endpoint) => {
        reference = endpoint;
        return (request) => {
          const startUs = threadUs();
          const answer = handle(request);
          referenceUs += threadUs() - startUs;
          return answer;
        };
      },
      onProgress: (progress) => {
        if (!weighed || progress.kind !== 'load' || size.seconds - progress.leftNs / 1e9 < next) return;
        next += size.seconds / POINTS;
        most = Math.max(most, held() - base - reference!.memory.bytes);
      },
    });
    if (ledger.sent < 0.8 * size.perS * size.seconds || ledger.counts.lost > 0)
      throw new Error(`wrong: ${JSON.stringify(ledger.counts)} of ${ledger.sent}`);
    records += ledger.sent;
  }
  const ownUs = threadUs() - startedUs;
  const { user, system } = process.cpuUsage(before);
  return { engineUs: ownUs - referenceUs, referenceUs, helpersUs: user + system - ownUs, records, held: most };
}

/** CPU of this thread, µs. Some machines count it by the tick: then a call is counted too short or too long, and thousands are right. */
function threadUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

function held(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function scenarioOf({ shards, agents, seconds, perS, consumed }: Omit<Size, 'name'>) {
  const text = `
name: growth
question: What does a record cost?
expected: The same whatever the size; a difference would prove it wrong.
streams: { events: { shards: ${shards} } }
fleets:
  writers: { produce: PutRecord, agents: ${agents}, rate: ${perS} records/s total, arrivals: uniform, record: { size: 100 B, key: uniform(10000) } }
${consumed ? '  pollers: { consume: polling, every: 200ms }' : ''}
phases:
  - { name: steady, for: ${seconds}s }
  ${consumed ? '- { name: drain, until: drained, within: 30s }' : ''}
verify: [no-loss, no-duplicates, order]
`;
  const { plan, planHash } = parseScenario(text, { file: 'growth' });
  return { file: null, text, planHash, plan, overrides: [] };
}
