/**
 * What a call costs the client: CPU of a process that does nothing else, against a static server in a process of its own, for
 * the AWS SDK, undici with signatures by hand, autocannon (unsigned, one constant body) and ours by every way. Every
 * contender runs in a fresh process; all take turns, five times, and the least CPU of each is its figure: what other work on
 * the machine does to a process (cold caches, more wake-ups for the same bytes) only ever adds.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { row } from './table.ts';

const ROUNDS = 5;
const SECONDS = 1;
const OURS = ['wire h1 json', 'wire h1 cbor', 'wire h2 json', 'wire h2 cbor'];
const MIB_PER_CALL = 500 / 1024;

interface Served {
  readonly plain: number;
  readonly tls: number;
  readonly ca: string;
  /** Of a whole answer in JSON, by operation. */
  readonly answerBytes: Readonly<Record<string, number>>;
}

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

async function startServer(): Promise<{ child: ChildProcess; served: Served }> {
  const child = spawn(process.execPath, [script('./static-server.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, served: JSON.parse(line.toString()) as Served };
}

/** CPU of one call of the contender, in µs. */
async function cpuUs(contender: string, operation: string, url: string, env: NodeJS.ProcessEnv): Promise<number> {
  const connections = operation === 'PutRecords' ? 4 : 32;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [script('./client-load.ts'), contender, operation, url, String(SECONDS), String(connections)],
    { env: { ...process.env, ...env } },
  );
  const { calls, cpuUs: all } = JSON.parse(stdout) as { calls: number; cpuUs: number };
  return all / calls;
}

interface Contest {
  readonly operation: string;
  readonly secure: boolean;
  readonly contenders: readonly string[];
}

/** By contender, the least CPU of a call in any round, in µs. */
async function contest({ operation, secure, contenders }: Contest, served: Served, caFile: string) {
  const env = { NODE_EXTRA_CA_CERTS: caFile, ANSWER_BYTES: JSON.stringify(served.answerBytes) };
  const url = secure ? `https://127.0.0.1:${served.tls}` : `http://127.0.0.1:${served.plain}`;
  const least = new Map(contenders.map((name) => [name, Infinity]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of contenders) least.set(name, Math.min(least.get(name)!, await cpuUs(name, operation, url, env)));
  }
  return least;
}

function print({ operation, secure }: Contest, least: ReadonlyMap<string, number>): void {
  const single = operation === 'PutRecord';
  const title = `${operation}${single ? ' 1 KiB' : ' 500 × 1 KiB'}, ${secure ? 'TLS' : 'plain'}`;
  console.log(row(title, 'CPU a call, µs', 'of the SDK', 'of autocannon', ...(single ? [] : ['MiB/s of data a core'])));
  const sdk = least.get('sdk')!;
  const cannon = least.get('autocannon')!;
  for (const [name, us] of least) {
    const cells = [us.toFixed(1), `1/${(sdk / us).toFixed(1)}`, (us / cannon).toFixed(2)];
    console.log(row(`  ${name}`, ...cells, ...(single ? [] : [String(Math.round((MIB_PER_CALL / us) * 1e6))])));
  }
}

/** Prints the tables of what a call costs. */
export async function client(): Promise<void> {
  const { child, served } = await startServer();
  const folder = mkdtempSync(join(tmpdir(), 'kinebench-bench-'));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, served.ca);
  try {
    for (const secure of [false, true]) {
      const limit = secure ? [] : ['limit'];
      const single = { operation: 'PutRecord', secure, contenders: ['sdk', 'undici', 'autocannon', ...limit, ...OURS] };
      print(single, await contest(single, served, caFile));
      const many = { operation: 'PutRecords', secure, contenders: ['sdk', 'autocannon', ...limit, ...OURS] };
      print(many, await contest(many, served, caFile));
    }
    console.log(
      'wanted: PutRecord by wire h1 ≤ 1/20 of the SDK and ≤ 1.25 of autocannon; PutRecords ≥ 200 MiB/s a core',
    );
  } finally {
    child.kill();
    rmSync(folder, { recursive: true });
  }
}
