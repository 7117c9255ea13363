/** What stands behind a verdict: the last calls, cut and without keys. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadTarget } from '../src/target/load.ts';
import type { EmbeddedSpec } from '../src/target/spec.ts';
import { missingMuch } from '../src/report/conformance.test-data.ts';
import { judge } from './judge.ts';
import { signedRequest } from './raw.ts';
import { awsValidated } from './recordings.ts';
import { redacted } from './redaction.ts';
import { Session } from './session.ts';
import { broken, holds, type Statement, statement } from './statement.ts';
import { virtualWorld } from './world.ts';

const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };

function about(check: Statement['check']): Statement {
  return statement({
    id: 'KIN-X-01',
    level: 'MUST',
    evidence: ['model'],
    sentence: 's',
    source: 's',
    fault: 'thr.off',
    needs: [],
    exercises: {},
    check,
  });
}

async function judged(check: Statement['check']) {
  const session = new Session({ world: virtualWorld(loadTarget('embedded') as EmbeddedSpec), seed: 1 });
  try {
    return await judge(about(check), session);
  } finally {
    session.close();
  }
}

test('a verdict that is no pass carries its last calls, of every client and of raw requests', async () => {
  const { exchanges, tookMs } = await judged(async (context) => {
    const { client, world, clock } = context;
    for (let limit = 1; limit <= 4; limit += 1) await context.send('ListStreams', { Limit: limit });
    await client.call('PutRecord', { StreamName: 'none', PartitionKey: 'k', Data: 'A'.repeat(4000) });
    await context.speaking({ encoding: 'cbor' }).call('DescribeStream', { StreamName: 'none' });
    const parts = { operation: 'ListStreams', body: '{"Limit":0}', credentials: keys, nowMs: clock.now() } as const;
    await world.raw(signedRequest(world.endpoint, parts));
    return broken('seen');
  });
  expect(exchanges.map(({ operation }) => operation)).toEqual([
    'ListStreams',
    'ListStreams',
    'ListStreams',
    'PutRecord',
    'DescribeStream',
    'raw request',
  ]);
  expect(exchanges[0]).toEqual({
    operation: 'ListStreams',
    sent: '{"Limit":2}',
    came: expect.stringContaining('{"StreamNames"'),
  });
  expect(exchanges[3]!.sent).toContain('A… (4000 in all)');
  expect(exchanges[4]!.came).toMatch(/^400 ResourceNotFoundException: /);
  expect(exchanges[5]!.sent).toMatch(/^POST \/\nhost: [^]*authorization: AWS4-HMAC-SHA256[^]*\n\n\{"Limit":0\}$/);
  expect(tookMs).toBeGreaterThanOrEqual(0);
});

test('a body that is no text is told as what it says, or as its bytes', async () => {
  const bodies: readonly [type: string, body: Buffer, told: string][] = [
    ['application/x-amz-cbor-1.1', Buffer.from([0xa1, 0x65, ...Buffer.from('Limit'), 0x00]), 'CBOR of {"Limit":0}'],
    ['application/x-amz-cbor-1.1', Buffer.from([0xa1, 0xff]), '2 bytes, base64: of8='],
    ['application/x-amz-json-1.1', Buffer.from([0x7b, 0xff]), '2 bytes, base64: e/8='],
    ['application/x-amz-json-1.1', Buffer.from('{"Limit":0}'), '{"Limit":0}'],
    ['application/x-amz-cbor-1.1', Buffer.alloc(0), ''],
  ];
  const { exchanges } = await judged(async ({ world, clock }) => {
    for (const [contentType, body] of bodies)
      await world.raw(
        signedRequest(world.endpoint, {
          operation: 'ListStreams',
          body,
          contentType,
          credentials: keys,
          nowMs: clock.now(),
        }),
      );
    return broken('seen');
  });
  expect(exchanges.map(({ sent }) => sent.split('\n\n')[1])).toEqual(bodies.map(([, , told]) => told));
  expect(exchanges[0]!.came).toContain('CBOR of {"__type":"UnrecognizedClientException"');
});

test('a pass carries none', async () => {
  const { exchanges } = await judged(async (context) => {
    await context.send('ListStreams', {});
    return holds('seen');
  });
  expect(exchanges).toEqual([]);
});

test('keys are taken out of messages and exchanges; words that are no secrets stay', () => {
  const judgement = missingMuch().judgements[0]!;
  const text = `kinebench ${keys.accessKeyId} ${keys.secretAccessKey} Signature=${'ab'.repeat(32)} "x-amz-security-token": "${'T0/'.repeat(9)}"`;
  const exchanges = [{ operation: 'raw request', sent: text, came: text }];
  const clean = redacted({ ...judgement, message: text, exchanges }, keys);
  expect(clean.message).toBe('kinebench [key] [key] Signature=[key] "x-amz-security-token": "[key]"');
  expect(clean.exchanges[0]).toEqual({ operation: 'raw request', sent: clean.message, came: clean.message });
  const dummy = { accessKeyId: 'kinebench', secretAccessKey: 'kinebench' };
  expect(redacted({ ...judgement, message: 'kinebench-conform-1' }, dummy).message).toBe('kinebench-conform-1');
});

test('every recording that is committed is one', () => {
  expect(() => awsValidated()).not.toThrow();
});

test('a statement is AWS-validated once it held in a recording of AWS, and of nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kinebench-recordings-'));
  try {
    expect(awsValidated(join(folder, 'none')).size).toBe(0);
    const recorded = missingMuch();
    const write = (kind: 'aws' | 'sockets') =>
      writeFileSync(join(folder, 'a.json'), JSON.stringify({ ...recorded, target: { ...recorded.target, kind } }));
    write('aws');
    expect([...awsValidated(folder)]).toEqual(['KIN-PART-01', 'KIN-ORD-12', 'KIN-IT-03']);
    write('sockets');
    expect(() => awsValidated(folder)).toThrow('this was recorded from leaky, not from AWS');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
