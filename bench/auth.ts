/**
 * What it costs to verify a signature: processor time of the reference per PutRecord of 1 KiB, with `--auth verify` against
 * the default, which checks the form alone. In turn, one round to warm up and five that count; the median of the ratios is the
 * figure. Rates would not show it: the driver is the slower side of the closed loop.
 */
import { once } from 'node:events';
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { systemClock } from '../src/clock.ts';
import { packageRoot } from '../src/package.ts';
import { createClient } from '../src/wire/client.ts';
import { Signer } from '../src/wire/sign.ts';
import { headersOf } from '../src/wire/transport.ts';
import { costOf } from './processor-time.ts';
import { median, row } from './table.ts';

const ROUNDS = 5;
const region = 'us-east-1';
/** The key that the reference knows when it is told of none. */
const keys = { accessKeyId: 'kinebench', secretAccessKey: 'kinebench' };
const body = JSON.stringify({ StreamName: 's', Data: Buffer.alloc(1024, 7).toString('base64'), PartitionKey: 'k' });

/** Prints the cost of verification. */
export async function auth(): Promise<void> {
  console.log(row('authentication', 'form, µs a put', 'verify, µs a put', `ratio (median of ${ROUNDS})`, 'wanted'));
  using form = await served('form');
  using verify = await served('verify');
  await form.put();
  await verify.put();
  const rounds: { form: number; verify: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push({ form: await form.put(), verify: await verify.put() });
  const costs = [rounds.map((round) => round.form), rounds.map((round) => round.verify)].map(median);
  const ratio = median(rounds.map((round) => round.verify / round.form));
  console.log(row('PutRecord 1 KiB, signed', ...costs.map((us) => us.toFixed(1)), ratio.toFixed(2), '< 1.25'));
}

interface Served extends Disposable {
  /** Processor time of one put, in µs. */
  put(): Promise<number>;
}

async function served(mode: string): Promise<Served> {
  const child = fork(join(packageRoot, 'bench/served.ts'), [mode]);
  const [{ url }] = await once(child, 'message');
  const client = createClient({ url, region, credentials: async () => keys }, systemClock);
  await client.call('CreateStream', { StreamName: 's', ShardCount: 1 });
  client.close();
  return { put: () => putCost(child, url), [Symbol.dispose]: () => child.disconnect() };
}

async function putCost(child: ChildProcess, url: string): Promise<number> {
  const target = 'Kinesis_20131202.PutRecord';
  const contentType = 'application/x-amz-json-1.1';
  const signer = new Signer(new URL(url).host, { region, service: 'kinesis' }, contentType);
  const signature = signer.sign(keys, systemClock.now(), target, Buffer.from(body));
  const headers = headersOf({ target, contentType }, signature);
  return (await costOf(child, url, { headers, body })).cpuUs;
}
