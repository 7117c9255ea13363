/**
 * How many shards at their full limits one core of the reference carries: each written at 1,000 records/s of 1 KiB, one
 * record a call, and read at 2 MiB/s by five GetRecords calls a second from two readers in turn. Open loop. Shards are added
 * until the 99th percentile of what puts wait inside the reference lies more than a millisecond above that of one shard.
 *
 * Inside: sent → answered, in a process that does nothing else; the way through the kernel is part of it. Seen: due → answered, as
 * the client has it, which also has to take the answers of the readers in; `late` is what it was behind with sending already, and
 * no fault of the reference. The share of a core holds on a busy machine too, where waits do not.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { systemClock, NS_PER_MS } from '../src/clock.ts';
import { packageRoot } from '../src/package.ts';
import { createClient, type WireClient } from '../src/wire/client.ts';
import { Load, type Reader, type Seen } from './capacity-load.ts';
import type { ServedFigures } from './capacity-served.ts';
import { row } from './table.ts';

const WARM_UP_S = 2;
/** Reads of one shard are five a second, and a median of them takes twenty. */
const SECONDS = 10;
const ADDED_MS_MAX = 1;
/** So far it goes on in any case: what a further shard costs holds on a busy machine too. */
const COST_SHARDS_MIN = 4;
/** Later than this at p99, and the load is not what it says. */
const LATE_MS_MAX = 1;
const STEPS = [1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 20];

/** Prints the largest number of shards that held, as far as the load itself was punctual, and what a further shard costs. */
export async function capacity(): Promise<void> {
  console.log(row('shards at full limits', ...Object.keys(cells(undefined))));
  const cores: (readonly [shards: number, used: number])[] = [];
  let alone: number | undefined;
  let held = 0;
  let ended: string | undefined;
  for (const shards of STEPS) {
    const step = await stepOf(shards);
    console.log(row(String(shards), ...Object.values(cells(step))));
    cores.push([shards, coresUsed(step)]);
    alone ??= step.inside.puts.p99Ns ?? undefined;
    ended ??= endOf(step, shards, alone);
    if (ended === undefined) held = shards;
    else if (shards >= COST_SHARDS_MIN) break;
  }
  const [[fewest, least], [most, last]] = [cores[0]!, cores.at(-1)!];
  const share = (last - least) / (most - fewest);
  console.log(row('one core carries', held === 0 ? 'no figure' : `${held} shards`), ended ?? 'and no end was found');
  console.log(
    row('a further shard takes', `${(share * 100).toFixed(1)} % of a core`),
    'processor time, with no room for waits',
  );
}

/** Why nothing can be said beyond a step; undefined while it holds. */
function endOf({ inside, seen }: Step, shards: number, alone: number | undefined): string | undefined {
  const { p99Ns } = inside.puts;
  const lateNs = seen.late.percentileNs(0.99);
  // Who sends late has found no core, and neither has the reference: such waits say nothing of it.
  if (p99Ns === null || alone === undefined || lateNs === null || lateNs > LATE_MS_MAX * NS_PER_MS) {
    return `the load itself was late with ${shards}: no figure from there on`;
  }
  return p99Ns - alone > ADDED_MS_MAX * NS_PER_MS
    ? `more than ${ADDED_MS_MAX} ms added at p99 with ${shards}`
    : undefined;
}

interface Step {
  readonly inside: ServedFigures;
  readonly seen: Seen;
}

/** Processor time of the whole process, its collector's threads included, as a share of one core. */
function coresUsed({ inside }: Step): number {
  return inside.cpuUs / (SECONDS * 1e6);
}

function cells(step: Step | undefined): Record<string, string> {
  const ms = (ns: number | null | undefined) => (typeof ns === 'number' ? `${(ns / NS_PER_MS).toFixed(2)} ms` : '-');
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const inside = step?.inside;
  const seen = step?.seen;
  return {
    'of a core, collecting': step ? `${percent(coresUsed(step))}, ${percent(step.inside.gcMs / (SECONDS * 1000))}` : '',
    'handle of a put, a read': `${ms(inside?.puts.handleMeanNs)}, ${ms(inside?.reads.handleMeanNs)}`,
    'puts inside p50, p99': `${ms(inside?.puts.p50Ns)}, ${ms(inside?.puts.p99Ns)}`,
    'reads inside p50': ms(inside?.reads.p50Ns),
    'puts seen p50, p99': `${ms(seen?.puts.percentileNs(0.5))}, ${ms(seen?.puts.percentileNs(0.99))}`,
    'reads seen p50': ms(seen?.reads.percentileNs(0.5)),
    'late p99': ms(seen?.late.percentileNs(0.99)),
    refused: String(seen?.refused ?? 0),
  };
}

async function stepOf(shards: number): Promise<Step> {
  const child = fork(join(packageRoot, 'bench/capacity-served.ts'));
  const [{ url, port, region }] = await once(child, 'message');
  const credentials = async () => ({ accessKeyId: 'a', secretAccessKey: 'b' });
  const client = createClient({ url, region, credentials }, systemClock);
  await client.call('CreateStream', { StreamName: 's', ShardCount: shards });
  const readers = await Promise.all(Array.from({ length: 2 * shards }, (_, at) => readerOf(client, at % shards)));
  client.close();
  const load = new Load(port);
  await load.run(shards, readers, WARM_UP_S);
  await figuresOf(child);
  load.measure();
  await load.run(shards, readers, SECONDS);
  const inside = await figuresOf(child);
  load.close();
  child.disconnect();
  await once(child, 'exit');
  return { inside, seen: load.seen };
}

async function figuresOf(child: ChildProcess): Promise<ServedFigures> {
  child.send('figures');
  const [figures] = await once(child, 'message');
  return figures;
}

async function readerOf(client: WireClient, shard: number): Promise<Reader> {
  const outcome = await client.call('GetShardIterator', {
    StreamName: 's',
    ShardId: `shardId-${String(shard).padStart(12, '0')}`,
    ShardIteratorType: 'LATEST',
  });
  if (outcome.kind !== 'ok') throw new Error(`GetShardIterator: ${JSON.stringify(outcome)}`);
  return { iterator: outcome.output.ShardIterator! };
}
