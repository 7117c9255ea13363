/** `kinebench serve` as its user meets it: what it prints is enough for the SDK, by plain HTTP/2 and by TLS. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { afterAll, expect, test } from 'vitest';
import { NS_PER_S, sleepFor, systemClock } from '../src/clock.ts';
import { packageRoot } from '../src/package.ts';
import { createClient } from '../src/wire/client.ts';
import { commandLine } from './command-line.ts';

const { folder, start, startBelowShell, kinebench, clear } = commandLine();

afterAll(clear);

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

/** With nothing but what the environment says; a buffer of 0 s is flushed after a second. */
const program = `
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { CreateDeliveryStreamCommand, FirehoseClient, PutRecordCommand } from '@aws-sdk/client-firehose';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
const [kinesis, firehose, s3] = [new KinesisClient(), new FirehoseClient(), new S3Client()];
const { StreamNames } = await kinesis.send(new ListStreamsCommand());
const DeliveryStreamName = 'd';
const ExtendedS3DestinationConfiguration = {
  RoleARN: 'arn:aws:iam::000000000000:role/firehose',
  BucketARN: 'arn:aws:s3:::lake',
  BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 0 },
};
await firehose.send(new CreateDeliveryStreamCommand({ DeliveryStreamName, ExtendedS3DestinationConfiguration }));
const put = new PutRecordCommand({ DeliveryStreamName, Record: { Data: Buffer.from('hello') } });
while (!(await firehose.send(put).catch(() => undefined))) await new Promise((resolve) => setTimeout(resolve, 100));
let found = [];
while (found.length === 0) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  found = (await s3.send(new ListObjectsV2Command({ Bucket: 'lake' })).catch(() => ({}))).Contents ?? [];
}
const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'lake', Key: found[0].Key }));
console.log(JSON.stringify(StreamNames), await Body.transformToString());
kinesis.destroy();
`;

test('a script reads where it listens, and its clients sign with the keys of the file, by TLS too', async () => {
  const keys = file('keys.yaml', "- { accessKeyId: AKIAONE, secretAccessKey: one, accountId: '123456789012' }\n");
  const server = start('serve', '--port', '0', '--json', '--auth', 'verify', '--keys', keys, '--ca-out', 'ca.pem');
  await server.printed('stdout', '\n');
  const { url, tlsUrl, pid }: { url: string; tlsUrl: string; pid: number } = JSON.parse(server.output.stdout);
  expect(pid).toBe(server.child.pid);
  const credentials = { accessKeyId: 'AKIAONE', secretAccessKey: 'one' };
  const plain = new KinesisClient({ endpoint: url, region: 'eu-west-1', credentials, maxAttempts: 1 });
  expect((await plain.send(new ListStreamsCommand({}))).StreamNames).toEqual([]);
  const forged = new KinesisClient({
    endpoint: url,
    region: 'eu-west-1',
    credentials: { ...credentials, secretAccessKey: 'two' },
    maxAttempts: 1,
  });
  await expect(forged.send(new ListStreamsCommand({}))).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  const ca = readFileSync(join(folder, 'ca.pem'), 'utf8');
  const endpoint = { url: tlsUrl, region: 'eu-west-1', credentials: async () => credentials, ca };
  const secure = createClient(endpoint, systemClock);
  expect(await secure.call('ListStreams', {})).toMatchObject({ kind: 'ok', output: { StreamNames: [] } });
  secure.close();
  for (const client of [plain, forged]) client.destroy();
  server.child.kill('SIGTERM');
  expect((await server.ended).code).toBe(0);
});

test('a script stops it by its control port; one in use is named with the way out', async () => {
  const server = start('serve', '--port', '0', '--json', '--control-port', '0');
  await server.printed('stdout', '\n');
  const { url, controlUrl }: { url: string; controlUrl: string } = JSON.parse(server.output.stdout);
  const second = await kinebench('serve', '--port', new URL(url).port);
  expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining('port 0 (--port 0) for a free one') });
  await fetch(`${controlUrl}/shutdown`, { method: 'POST' });
  expect((await server.ended).code).toBe(0);
});

test('the printed lines are all that the SDKs of Kinesis, Data Firehose and S3 need', async () => {
  const server = start('serve', '--port', '0', '--latency', 'none');
  await server.printed('stdout', 'ends it');
  const lines = server.output.stdout.matchAll(/\b(AWS_\w+)=(\S+)/g);
  const env = { ...process.env, ...Object.fromEntries([...lines].map(([, name, value]) => [name, value])) };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    cwd: packageRoot,
    env,
    timeout: 60_000,
  });
  expect(stdout).toBe('[] hello\n');
  server.child.kill('SIGTERM');
  expect((await server.ended).code).toBe(0);
});

test.each([
  [{ npm_lifecycle_event: 'npx', npm_lifecycle_script: "'kinebench'" }, true],
  [{ npm_lifecycle_event: 'pretest', npm_lifecycle_script: 'kinebench serve & sleep 1' }, false],
])('the shell that started it is ended, as %j', async (env, ends) => {
  // What npx does: a shell around the command, which alone gets the signal.
  const shell = startBelowShell(env, 'serve', '--port', '0', '--json');
  await shell.printed('stdout', '\n');
  const { pid }: { pid: number } = JSON.parse(shell.output.stdout);
  expect(pid).not.toBe(shell.child.pid);
  shell.child.kill('SIGTERM');
  const first = await Promise.race([
    shell.ended.then(() => 'gone'),
    sleepFor(systemClock, (ends ? 60 : 2.5) * NS_PER_S).then(() => 'there'),
  ]);
  if (first === 'there') process.kill(pid, 'SIGTERM');
  expect(first).toBe(ends ? 'gone' : 'there');
});

test('what npx has started and is refused ends as well', async () => {
  const env = { npm_lifecycle_event: 'npx', npm_lifecycle_script: 'kinebench' };
  expect(await startBelowShell(env, 'serve', '--account', '12').ended).toMatchObject({ code: 2 });
});

test.each([
  [['--limits', 'none.yaml'], 'cannot read limits from none.yaml'],
  [['--latency', file('slow.yaml', 'calls: 3\n')], 'slow.yaml:1:1: unknown key "calls"'],
  [['--max-memory', 'lots'], '--max-memory lots is not a size'],
  [['--heartbeat-ms', '-1'], '--heartbeat-ms -1 is not a number of milliseconds'],
  [['--account', '12'], '--account 12 is not an account'],
  [['--tls-cert', 'cert.pem'], '--tls-cert stands alone'],
  [
    ['--auth', 'verify', '--keys', file('bad.yaml', '- { accessKeyId: A }\n')],
    'bad.yaml:1:3: entry 1.secretAccessKey: missing',
  ],
])('%j is refused with what to do', async (options, message) => {
  const { code, stderr } = await kinebench('serve', '--port', '0', ...options);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});
