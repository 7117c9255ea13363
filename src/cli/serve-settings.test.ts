import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import yargs from 'yargs';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../package.ts';
import type { ReferenceThread } from '../reference/thread.ts';
import { serveOptions } from './serve-options.ts';
import { certificateOf, settings } from './serve-settings.ts';
import { welcome, whereabouts } from './serve-welcome.ts';

const folder = mkdtempSync(join(tmpdir(), 'kinebench-serve-'));
afterAll(() => rmSync(folder, { recursive: true }));
const keys = join(folder, 'keys.yaml');
writeFileSync(keys, '- { accessKeyId: AKIAONE, secretAccessKey: hidden, sessionToken: token }\n');

const typed = (...words: string[]) => serveOptions(yargs(words).exitProcess(false)).parseSync();

test('a virtual clock has a control port, and no latency that would wait for it', () => {
  expect(settings(typed('--clock', 'virtual'))).toMatchObject({ controlPort: 0, latency: 'none' });
  const chosen = settings(typed('--clock', 'virtual', '--control-port', '4568', '--latency', 'aws'));
  expect(chosen).toMatchObject({ controlPort: 4568, latency: 'aws' });
  expect(settings(typed())).toMatchObject({ controlPort: undefined, latency: 'aws', auth: 'form' });
});

test('keys mean that they are verified; sizes are read', () => {
  expect(settings(typed('--keys', keys))).toMatchObject({ auth: 'verify', keys: [{ accessKeyId: 'AKIAONE' }] });
  const sizes = settings(typed('--max-memory', '1.5 KiB', '--max-traffic', '2MiB'));
  expect(sizes).toMatchObject({ memoryBytesMax: 1536, trafficBytesMax: 2 ** 21 });
});

test.each([
  [['--keys', keys, '--auth', 'form'], '--keys does nothing with --auth form'],
  [['--clock-skew-ms', '1'], '--clock-skew-ms does nothing with --auth form'],
  [['--max-traffic', 'much'], '--max-traffic much is not a size'],
  [['--heartbeat-ms', '-1'], '--heartbeat-ms -1 is not a number of milliseconds'],
  [['--lambda', 'file.mjs'], '--lambda file.mjs is not NAME=FILE or NAME=URL'],
  [['--lambda', 'f=a.mjs', '--lambda', 'f=b.mjs'], '--lambda f=b.mjs names a function for the second time'],
  [['--port', '70000'], '--port 70000 is not a port'],
  [['--control-port', 'x'], '--control-port NaN is not a port'],
])('%j is refused', (words, message) => {
  expect(() => settings(typed(...words))).toThrow(message);
});

test('functions are files by their whole path, or URLs', () => {
  expect(settings(typed('--lambda', 'f=f.mjs', '--lambda', 'g=http://127.0.0.1:9001'))).toMatchObject({
    lambdas: { f: resolve('f.mjs'), g: 'http://127.0.0.1:9001' },
  });
});

test('the SQL for Redshift is that of a file, and one that loads nothing is refused', () => {
  const sql = join(folder, 'load.sql');
  writeFileSync(sql, 'COPY {table} FROM {manifest}');
  expect(settings(typed('--redshift-sql', sql))).toMatchObject({ redshiftSql: 'COPY {table} FROM {manifest}' });
  writeFileSync(sql, 'COPY {table}');
  expect(() => settings(typed('--redshift-sql', sql))).toThrow('nothing would be loaded');
});

test('a certificate that is given is not written', async () => {
  const given = typed('--tls-cert', 'a.pem', '--tls-key', 'b.pem', '--ca-out', 'c.pem');
  await expect(certificateOf(given)).rejects.toThrow('--ca-out is for a certificate that is made');
});

/** What `serve` would print for such a command line. */
function printed(...words: string[]): string {
  const args = typed(...words);
  const options = settings(args);
  const reference = {
    url: 'http://127.0.0.1:4567',
    tlsUrl: 'https://127.0.0.1:4567',
    controlUrl: options.controlPort === undefined ? undefined : 'http://127.0.0.1:4568',
    region: 'us-east-1',
    accountId: '000000000000',
    version: '1.2.3',
  } as ReferenceThread;
  const place: object = JSON.parse(JSON.stringify(whereabouts(reference, 42)));
  expect(place).toMatchObject({ url: reference.url, pid: 42 });
  return welcome(reference, args, options, 42).join('\n');
}

test('the lines say which process to end, and what is modelled', () => {
  expect(printed()).toContain('(process 42)\nlimits: aws; latency: aws (modelled, not measured)\n');
  expect(printed()).toMatch(/\nCtrl-C or kill 42 ends it; nothing is kept\.$/);
  expect(printed('--latency', 'none')).toContain('latency: none\n');
  for (const service of ['KINESIS', 'FIREHOSE', 'S3']) {
    expect(printed()).toMatch(new RegExp(`\n  export .*AWS_ENDPOINT_URL_${service}=http://127.0.0.1:4567[ \n]`));
  }
  expect(printed()).toContain('export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1\n');
  expect(printed('--control-port', '0')).toContain('kill 42 or curl -X POST http://127.0.0.1:4568/shutdown ends it');
});

test('where time stands still, they say so and how to move it', () => {
  expect(printed()).not.toContain('stands still');
  expect(printed('--clock', 'virtual')).toMatch(/Time stands still, from 2026-01-01T00:00:00Z.*\n.*clock\/advance/);
  expect(printed('--clock', 'virtual')).not.toContain('WARNING');
  expect(printed('--clock', 'virtual', '--latency', 'aws')).toContain('WARNING: with this latency every answer waits');
});

test('a known key is named and its secret is not; files stand with their whole path', () => {
  const lines = printed('--keys', keys, '--ca-out', 'my ca.pem');
  expect(lines).toContain('export AWS_ACCESS_KEY_ID=AKIAONE   # the first of 1');
  expect(lines).toContain('AWS_SESSION_TOKEN');
  expect(lines).not.toMatch(/hidden|=token/);
  for (const service of ['KINESIS', 'FIREHOSE', 'S3']) {
    expect(lines).toContain(`AWS_ENDPOINT_URL_${service}=https://127.0.0.1:4567`);
  }
  expect(lines).toContain(`export NODE_EXTRA_CA_CERTS='${resolve('my ca.pem')}'`);
  expect(printed('--auth', 'verify')).toContain('AWS_SECRET_ACCESS_KEY=kinebench');
});

test('docs/reference.md has every option', async () => {
  const page = readFileSync(join(packageRoot, 'docs', 'reference.md'), 'utf8');
  const help = await serveOptions(yargs([])).version(false).help(false).getHelp();
  const names = [...help.matchAll(/^ +(--[a-z-]+)/gm)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !page.includes(`\`${name}\``) && !page.includes(`\`${name} `))).toEqual([]);
});
