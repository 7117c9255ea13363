import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAws, regionOf, regionalUrl } from './aws.ts';
import { credentialsOf } from './credentials.ts';
import { parseTarget } from './file.ts';
import { packageRoot } from '../package.ts';
import { loadTarget, presetNames } from './load.ts';
import type { AwsSpec } from './spec.ts';
import { startTarget } from './start.ts';

/** What a function throws. */
function thrown(work: () => unknown): { message: string; code: string; hint: string; exitCode: number } {
  try {
    work();
  } catch (error) {
    return error as { message: string; code: string; hint: string; exitCode: number };
  }
  throw new Error('nothing was thrown');
}

describe('a target file', () => {
  test('has every default filled', () => {
    expect(parseTarget('name: mine\nkind: url\nurl: http://127.0.0.1:4567', 'my.yaml')).toEqual({
      name: 'mine',
      kind: 'url',
      url: 'http://127.0.0.1:4567',
      region: 'us-east-1',
      credentials: { accessKeyId: 'kinebench', secretAccessKey: 'kinebench' },
      capabilities: [],
    });
  });

  test('says where Data Firehose delivers, at its own URL unless it names others', async () => {
    const role = 'arn:aws:iam::123456789012:role/firehose';
    const target = (delivery: string) =>
      startTarget(parseTarget(`name: mine\nkind: url\nurl: http://127.0.0.1:4567\ndelivery: ${delivery}`, 'my.yaml'));
    const common = { roleArn: role, bucket: 'lake', makesBucket: false };
    const firehoseUrl = 'http://127.0.0.1:4567';
    const plain = await target(`{ role: '${role}', bucket: lake }`);
    expect(plain.delivery).toEqual({ ...common, firehoseUrl, s3Url: firehoseUrl });
    const apart = await target(`{ role: '${role}', bucket: lake, s3: 'http://127.0.0.1:9000' }`);
    expect(apart.delivery).toEqual({ ...common, firehoseUrl, s3Url: 'http://127.0.0.1:9000' });
    expect(() => target('{ role: me, bucket: lake }')).toThrow(/delivery\.role/);
  });

  test('tells all its faults at once, each with its place', () => {
    const text = [
      'name: Mine',
      'kind: process',
      'capabilities: [throttle, flying]',
      'start:',
      '  pakage: kinesalite',
      'ready: { within: soon }',
      'colour: blue',
    ].join('\n');
    const error = thrown(() => parseTarget(text, 'my.yaml'));
    expect(error.exitCode).toBe(2);
    expect(error.message.split('\n').map((line) => line.split(': ', 2).join(': '))).toEqual([
      'my.yaml:1:7: name',
      'my.yaml:3:26: capabilities.entry 2',
      'my.yaml:5:3: unknown key "start.pakage"',
      'my.yaml:5:3: start',
      'my.yaml:6:18: ready.within',
      'my.yaml:7:1: unknown key "colour"; a target of kind process has name, description, capabilities, version, transport, kind, delivery, url, region, credentials, caFile, start, ready, stop',
    ]);
  });

  test('that is no YAML is told so with the place', () => {
    expect(thrown(() => parseTarget('name: [a\nkind: url', 'my.yaml')).message).toMatch(/^my\.yaml:\d+:\d+: /);
  });

  test.each([
    ['kind: url\nname: a', 'url: missing'],
    ['kind: boat\nname: a', 'kind'],
    ['kind: url\nname: a\nurl: http://127.0.0.1:1\ncredentials: { accessKeyId: a }', 'secretAccessKeyFrom'],
    ['kind: process\nname: a\nstart: { package: a, command: b }', 'either package'],
    ['kind: url\nname: a\nurl: ftp://127.0.0.1', 'a URL of scheme'],
    ['', 'a map of keys is wanted'],
  ])('%j is refused', (text, why) => {
    expect(thrown(() => parseTarget(text, 'my.yaml')).message).toContain(why);
  });
});

describe('the name after --target', () => {
  test.each(['aws', 'embedded', 'kinesalite', 'kinesis-local'])('%s is a preset', (name) => {
    expect(presetNames()).toContain(name);
    expect(loadTarget(name).name).toBe(name);
  });

  test('that is unknown lists the presets', () => {
    expect(thrown(() => loadTarget('kinesalight'))).toMatchObject({ code: 'target-unknown', exitCode: 2 });
    expect(thrown(() => loadTarget('kinesalight')).hint).toContain('kinesalite, kinesis-local');
    expect(thrown(() => loadTarget('./none.yaml')).message).toBe('no target file ./none.yaml');
  });
});

describe('--endpoint', () => {
  test('needs nothing else', () => {
    expect(loadTarget(undefined, { endpoint: 'http://127.0.0.1:4567/', environment: {} })).toMatchObject({
      kind: 'url',
      url: 'http://127.0.0.1:4567',
      region: 'us-east-1',
      credentials: { accessKeyId: 'kinebench' },
    });
  });

  test('takes keys and region from AWS_*', async () => {
    const environment = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1' };
    const spec = loadTarget(undefined, { endpoint: 'https://kinesis.example.test', environment });
    await using target = await startTarget(spec, { environment });
    expect(target.kinesis.region).toBe('eu-west-1');
    expect(await target.kinesis.credentials()).toEqual({ accessKeyId: 'id', secretAccessKey: 'secret' });
  });

  test('that is no URL is refused', () => {
    expect(thrown(() => loadTarget(undefined, { endpoint: 'localhost' }))).toMatchObject({ exitCode: 2 });
  });
});

test('keys that are not set are all named', () => {
  const keys = { accessKeyIdFrom: 'A_KEY', secretAccessKeyFrom: 'A_SECRET', sessionTokenFrom: 'A_TOKEN' };
  expect(thrown(() => credentialsOf(keys, { A_SECRET: 's' })).message).toContain('A_KEY, A_TOKEN');
});

describe('aws', () => {
  test('is refused until costs are allowed', async () => {
    const error = startTarget(loadTarget('aws'), { environment: {} });
    await expect(error).rejects.toMatchObject({ code: 'target-costs-money', exitCode: 2 });
    await expect(error).rejects.toHaveProperty('hint', expect.stringContaining('--yes-this-costs-money'));
  });

  test('needs a region', async () => {
    const environment = { AWS_CONFIG_FILE: '/nonexistent' };
    await expect(openAws(loadTarget('aws') as AwsSpec, { allowCosts: true, environment })).rejects.toMatchObject({
      code: 'region-missing',
      exitCode: 2,
    });
    expect(regionOf('default', { AWS_DEFAULT_REGION: 'eu-north-1' })).toBe('eu-north-1');
  });

  test('has its endpoint by region', () => {
    expect(regionalUrl('eu-west-1')).toBe('https://kinesis.eu-west-1.amazonaws.com');
    expect(regionalUrl('cn-north-1')).toBe('https://kinesis.cn-north-1.amazonaws.com.cn');
  });
});

test('every example of docs/targets.md is a valid target file', () => {
  const page = readFileSync(join(packageRoot, 'docs/targets.md'), 'utf8');
  const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]!);
  expect(examples.length).toBeGreaterThanOrEqual(4);
  expect(examples.map((text) => parseTarget(text, 'docs/targets.md').kind)).toEqual(
    expect.arrayContaining(['embedded', 'process', 'url', 'aws']),
  );
});
