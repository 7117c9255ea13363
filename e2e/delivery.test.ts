/** Data Firehose measured in real time, over sockets: what the virtual clock cannot show. Nothing here asks how fast it was. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Result } from '../src/result.ts';
import { commandLine } from './command-line.ts';

const { folder, kinebench, clear } = commandLine();

afterAll(clear);

/** Runs a scenario, and reads what it left. */
async function run(name: string, ...args: string[]) {
  const ended = await kinebench('run', name, '--out', 'out', ...args);
  return { ...ended, result: JSON.parse(readFileSync(join(folder, 'out/result.json'), 'utf8')) as Result };
}

/** That all that was taken was delivered, once and as it was, whatever the clock of a busy machine made of the figures. */
function expectClean({ ledger }: Result): void {
  expect(ledger.acknowledged).toBeGreaterThan(0);
  expect(ledger).toMatchObject({ swept: ledger.acknowledged, unjudged: [], sweep: { complete: true } });
  expect(ledger.counts).toMatchObject({ lost: 0, duplicated: 0, changed: 0, ghost: 0, unread: 0 });
  expect(ledger.verdicts.map(({ verdict }) => verdict)).toEqual(ledger.verdicts.map(() => 'pass'));
}

test('a shipped scenario follows every record into its object', async () => {
  const shorter = ['--set', 'phases.warm-up.for=1s', '--set', 'phases.steady.for=6s'];
  const { result, stdout } = await run('firehose-zero-buffering', ...shorter);
  expectClean(result);
  const [watcher] = result.delivery!;
  expect(watcher!.objects.length).toBeGreaterThan(1);
  expect(watcher!.objects.reduce((sum, { records }) => sum + records, 0)).toBe(result.ledger.acknowledged);
  expect(stdout).toContain(`watcher ${watcher!.objects.length} objects`);
});

test('every destination is reached, from puts and from a stream', async () => {
  writeFileSync(
    join(folder, 'destinations.yaml'),
    `name: destinations
question: Does every destination get every record?
expected: It does.
streams: { events: { shards: 1, retention: 24h } }
delivery:
  packed: { destination: s3, buffer: { size: 1 MiB, interval: 1s }, compression: gzip }
  posted: { destination: http, buffer: { size: 1 MiB, interval: 1s }, compression: gzip }
  logged: { source: events, destination: splunk, buffer: { size: 1 MiB, interval: 1s } }
fleets:
  packing: { produce: Firehose.PutRecordBatch, to: packed, batch: 5, rate: 50 records/s, record: { size: 256 B } }
  posting: { produce: Firehose.PutRecord, to: posted, rate: 20 records/s, record: { size: 256 B } }
  logging: { produce: PutRecord, rate: 20 records/s, record: { size: 256 B, key: uniform(10) } }
  objects: { watch: s3, of: packed, every: 200ms }
  endpoint: { watch: http, of: posted }
  collector: { watch: splunk, of: logged }
phases:
  - { name: steady, for: 5s }
  - { name: drain, until: drained, within: 30s }
verify: [no-loss, no-duplicates, immutability]
expect: [throttled.count = 0]
`,
  );
  const { result } = await run('destinations.yaml');
  expectClean(result);
  expect(result.delivery!.map(({ fleet }) => fleet).toSorted()).toEqual(['collector', 'endpoint', 'objects']);
  for (const { objects } of result.delivery!) expect(objects.length).toBeGreaterThan(1);
});
