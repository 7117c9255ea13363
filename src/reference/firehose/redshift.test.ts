/** Redshift: objects between, COPY commands, retries and manifests of what was skipped. */
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../clock.ts';
import type { RedshiftConfiguration } from '../../protocol/firehose/operations.ts';
import { awsLimits } from '../limits.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';
import { localLambda } from './lambda.ts';
import { lambdaProcessor, processed } from './processing-faults.test-data.ts';
import {
  contentsOf,
  loaded,
  loadedInto,
  namedIn,
  RedshiftCluster,
  stage,
  under,
  update,
} from './redshift-cluster.test-data.ts';
import { D, put, rawIn, RoleARN, S3Configuration, trickle } from './spoken.test-data.ts';
import { SqlError } from './sql.ts';

const minute = ({ clock }: VirtualEndpoint, count = 1) => clock.advance(count * 60 * NS_PER_S);

async function ready(more: Partial<RedshiftConfiguration> = {}, options: Parameters<typeof virtualEndpoint>[0] = {}) {
  const cluster = new RedshiftCluster();
  return { cluster, endpoint: await loadedInto(cluster, more, options) };
}

const unreachable = () => Promise.reject(new Error('connect ECONNREFUSED'));

describe('a COPY', () => {
  test('loads an object by a manifest that names it', async () => {
    const { cluster, endpoint } = await ready({
      CopyCommand: { DataTableName: 'public.events', DataTableColumns: 'id, name', CopyOptions: "JSON 'auto' GZIP;" },
      S3Configuration: { ...stage, Prefix: 'in/', CompressionFormat: 'GZIP' },
    });
    await put(endpoint, 'one');
    await minute(endpoint);
    const [object, manifest] = endpoint.held.objects;
    expect(object!.key).toMatch(/^in\/2026\/01\/01\/00\/d-1-2026-01-01-00-00-01-[\da-f-]{36}\.gz$/);
    expect(manifest!.key).toMatch(/^in\/manifests\/2026\/01\/01\/00\/d-2026-01-01-00-01-01-[\da-f-]{36}$/);
    expect(JSON.parse(Buffer.from(manifest!.body).toString())).toEqual({
      entries: [{ url: `s3://stage/${object!.key}`, mandatory: true }],
    });
    const text = `COPY public.events (id, name) FROM 's3://stage/${manifest!.key}' IAM_ROLE '${RoleARN}' MANIFEST JSON 'auto' GZIP`;
    expect(cluster.sent).toEqual([
      {
        host: 'c.x.us-east-1.redshift.amazonaws.com',
        port: 5439,
        database: 'dev',
        user: 'loader',
        password: 'secret',
        text,
      },
    ]);
    expect(endpoint.held.objects).toHaveLength(2);
    expect(endpoint.endpoint.memory.bytes).toBe(0);
    expect(endpoint.clock.sleeping).toBe(0);
  });

  test('takes everything that was written while the one before ran', async () => {
    const { cluster, endpoint } = await ready();
    const { promise, resolve } = Promise.withResolvers<void>();
    cluster.instead = () => promise;
    const sent = await trickle(endpoint, 5);
    expect(cluster.sent).toHaveLength(1);
    cluster.instead = undefined;
    resolve();
    await minute(endpoint);
    expect(under(endpoint, 'manifests/').map((manifest) => contentsOf(endpoint, namedIn(manifest)))).toEqual([
      sent.slice(0, 1),
      sent.slice(1),
    ]);
    expect(cluster.sent).toHaveLength(2);
  });

  test('waits for the one before, whichever buffers side by side have written', async () => {
    const scaling = { buffersMax: 4, bytesPerS: 1, windowS: 60 };
    const limits = { ...awsLimits, firehose: { ...awsLimits.firehose, scaling } };
    const { cluster, endpoint } = await ready({}, { limits });
    const { promise, resolve } = Promise.withResolvers<void>();
    const sent: string[] = [];
    for (let second = 0; second < 200; second += 1) {
      if (second === 90) cluster.instead = () => promise;
      sent.push(`${second}`.padStart(3, '0'));
      await put(endpoint, sent.at(-1)!);
      await endpoint.clock.advance(NS_PER_S);
    }
    // The first minute was one buffer's, the second two: one of their objects is in the command at work, and the other waits with four of the third.
    expect(cluster.sent).toHaveLength(2);
    cluster.instead = undefined;
    resolve();
    await minute(endpoint, 2);
    const loadedBy = under(endpoint, 'manifests/').map(namedIn);
    expect(loadedBy.slice(0, 3).map(({ length }) => length)).toEqual([1, 1, 5]);
    const held = contentsOf(endpoint, loadedBy.flat()).flatMap((text) => text.match(/\d{3}/g) ?? []);
    expect(held.toSorted()).toEqual(sent);
  });

  test('that is not answered for a quarter of an hour is made again', async () => {
    const { cluster, endpoint } = await ready();
    let gone = false;
    cluster.instead = (signal) =>
      new Promise(() => {
        signal.addEventListener('abort', () => (gone = true));
      });
    await put(endpoint, 'one');
    await minute(endpoint, 15);
    expect(gone).toBe(false);
    await minute(endpoint, 1);
    expect(gone).toBe(true);
    cluster.instead = undefined;
    await minute(endpoint, 5);
    expect(loaded(endpoint, cluster)).toEqual(['one']);
  });

  test('waits for its manifest where S3 does not take it', async () => {
    const { cluster, endpoint } = await ready();
    const write = endpoint.held.write.bind(endpoint.held);
    endpoint.held.write = (object) =>
      object.key.startsWith('manifests/') ? Promise.reject(new Error('503')) : write(object);
    await put(endpoint, 'one');
    await minute(endpoint, 60);
    expect(cluster.sent).toEqual([]);
    endpoint.held.write = write;
    await minute(endpoint, 3);
    expect(loaded(endpoint, cluster)).toEqual(['one']);
  });
});

describe('a cluster that is down', () => {
  test('for two hours, under a duration of as much: everything is loaded once, nothing is skipped', async () => {
    const { cluster, endpoint } = await ready({ RetryOptions: { DurationInSeconds: 7200 } });
    cluster.instead = unreachable;
    const sent = await trickle(endpoint, 120);
    expect(cluster.done).toEqual([]);
    cluster.instead = undefined;
    await minute(endpoint, 6);
    expect(loaded(endpoint, cluster)).toEqual(sent);
    expect(under(endpoint, 'errors/')).toEqual([]);
    expect(endpoint.endpoint.memory.bytes).toBe(0);
    expect(endpoint.clock.sleeping).toBe(0);
  });

  test('for two hours, under the default of one: what is not loaded is named by a manifest', async () => {
    const { cluster, endpoint } = await ready();
    cluster.instead = unreachable;
    const sent = await trickle(endpoint, 120);
    cluster.instead = undefined;
    await minute(endpoint, 60);
    const skipped = under(endpoint, 'errors/manifests/2026/01/01/01/').flatMap((each) =>
      contentsOf(endpoint, namedIn(each)),
    );
    expect(skipped).toEqual(sent.slice(0, skipped.length));
    expect(skipped.length).toBeGreaterThan(0);
    expect(loaded(endpoint, cluster)).toEqual(sent.slice(skipped.length));
    expect(under(endpoint, '2026/')).toHaveLength(sent.length);
  });

  test.each([
    [0, [0]],
    [120, [0, 120]],
    [600, [0, 300, 600]],
  ])('under %i s is asked after %j s', async (DurationInSeconds, expected) => {
    const { cluster, endpoint } = await ready({ RetryOptions: { DurationInSeconds } });
    const at: number[] = [];
    cluster.instead = () => {
      at.push(endpoint.clock.now());
      return unreachable();
    };
    await put(endpoint, 'one');
    await minute(endpoint, 30);
    expect(at.map((ms) => (ms - at[0]!) / 1000)).toEqual(expected);
    const [skipped] = under(endpoint, 'errors/');
    expect(contentsOf(endpoint, namedIn(skipped!))).toEqual(['one']);
    expect(skipped!.metadata).toEqual({
      'error-code': 'Redshift.ConnectionFailed',
      'error-message': 'connect ECONNREFUSED',
      attempts: String(expected.length),
    });
  });

  test('has its attempts in the duration: a first one that takes longer is the only one', async () => {
    const { cluster, endpoint } = await ready({ RetryOptions: { DurationInSeconds: 100 } });
    cluster.instead = async () => {
      await endpoint.clock.sleepUntil(endpoint.clock.monotonicNs() + 101 * NS_PER_S);
      throw new SqlError('XX000', 'busy');
    };
    await put(endpoint, 'one');
    await minute(endpoint, 30);
    expect(cluster.sent).toHaveLength(1);
    expect(under(endpoint, 'errors/')[0]!.metadata).toMatchObject({ 'error-code': 'Redshift.DataLoadFailed' });
  });

  test('gets what an update says from the next attempt on', async () => {
    const { cluster, endpoint } = await ready();
    cluster.instead = () => Promise.reject(new SqlError('28P01', 'password authentication failed'));
    await put(endpoint, 'one');
    await minute(endpoint, 2);
    cluster.instead = undefined;
    const CopyCommand = { DataTableName: 'other' };
    expect((await update(endpoint, 1, { Password: 'better', CopyCommand })).ok).toBe(true);
    await minute(endpoint, 5);
    expect(cluster.done).toMatchObject([{ password: 'better', text: expect.stringContaining('COPY other  FROM') }]);
  });

  test('is given up after the next attempt where an update shortens the duration', async () => {
    const { cluster, endpoint } = await ready();
    cluster.instead = unreachable;
    await put(endpoint, 'one');
    await minute(endpoint, 2);
    await update(endpoint, 1, { RetryOptions: { DurationInSeconds: 0 } });
    await minute(endpoint, 5);
    expect([cluster.sent.length, under(endpoint, 'errors/').length]).toEqual([2, 1]);
  });

  test('while its stream is deleted: what is written is skipped by name, and everything ends', async () => {
    const { cluster, endpoint } = await ready();
    cluster.instead = unreachable;
    await put(endpoint, 'one');
    await endpoint.firehose.must('DeleteDeliveryStream', { DeliveryStreamName: D });
    await minute(endpoint, 1);
    expect(under(endpoint, 'errors/').flatMap((each) => contentsOf(endpoint, namedIn(each)))).toEqual(['one']);
    expect(endpoint.clock.sleeping).toBe(0);
  });

  test('because its runner throws, and does not reject, is a failure like others', async () => {
    const run = () => {
      throw new Error('at once');
    };
    const endpoint = await loadedInto({ run }, { RetryOptions: { DurationInSeconds: 0 } });
    await put(endpoint, 'one');
    await minute(endpoint, 2);
    expect(under(endpoint, 'errors/').flatMap((each) => contentsOf(endpoint, namedIn(each)))).toEqual(['one']);
  });

  test('is forgotten by a reset', async () => {
    const { cluster, endpoint } = await ready();
    cluster.instead = unreachable;
    await trickle(endpoint, 3);
    endpoint.endpoint.reset();
    const { length } = cluster.sent;
    await minute(endpoint, 90);
    expect([cluster.sent.length, under(endpoint, 'errors/')]).toEqual([length, []]);
    expect(endpoint.clock.sleeping).toBe(0);
    expect(endpoint.endpoint.memory.bytes).toBe(0);
  });

  test('is not asked for what S3 took only after a reset', async () => {
    const { cluster, endpoint } = await ready();
    const { promise, resolve } = Promise.withResolvers<void>();
    const written: string[] = [];
    endpoint.held.write = ({ key }) => {
      written.push(key);
      return promise;
    };
    await put(endpoint, 'one');
    await minute(endpoint);
    endpoint.endpoint.reset();
    resolve();
    await minute(endpoint);
    expect(written).toHaveLength(1);
    expect(cluster.sent).toEqual([]);
  });

  test('loses what is not loaded at once, with the fault fh.drop-on-503', async () => {
    const { cluster, endpoint } = await ready({}, { faults: ['fh.drop-on-503'] });
    cluster.instead = unreachable;
    await put(endpoint, 'gone');
    await minute(endpoint, 2);
    cluster.instead = undefined;
    await minute(endpoint, 120);
    expect([cluster.done, under(endpoint, 'errors/')]).toEqual([[], []]);
  });
});

test('objects that no COPY loads, with the fault fh.copy-skipped, are in the bucket and nowhere else', async () => {
  const { cluster, endpoint } = await ready({}, { faults: ['fh.copy-skipped{nth=2}'] });
  const sent = await trickle(endpoint, 4);
  await minute(endpoint, 120);
  expect(under(endpoint, '2026/').map(({ body }) => Buffer.from(body).toString())).toEqual(sent);
  expect(loaded(endpoint, cluster)).toEqual(sent.toSpliced(1, 1));
  expect(under(endpoint, 'errors/')).toEqual([]);
});

test.each([
  ['42P01', 'Redshift.TableNotFound'],
  ['3D000', 'Redshift.DatabaseNotFound'],
  ['22P02', 'Redshift.DataLoadFailed'],
])('SQLSTATE %s is %s', async (state, code) => {
  const { cluster, endpoint } = await ready({ RetryOptions: { DurationInSeconds: 0 } });
  cluster.instead = () => Promise.reject(new SqlError(state, 'so\nnicht – nein'));
  await put(endpoint, 'one');
  await minute(endpoint, 1);
  const [skipped] = under(endpoint, 'errors/');
  expect(skipped!.metadata).toEqual({ 'error-code': code, 'error-message': 'so?nicht ? nein', attempts: '1' });
});

test('a backup has every record as it came, by hints of its own; it can be enabled and changed, and not disabled', async () => {
  const Processors = [{ Type: 'AppendDelimiterToRecord' as const }];
  const { cluster, endpoint } = await ready({ ProcessingConfiguration: { Enabled: true, Processors } });
  const S3BackupUpdate = { ...S3Configuration, Prefix: 'raw/' };
  expect((await update(endpoint, 1, { S3BackupMode: 'Enabled', S3BackupUpdate })).ok).toBe(true);
  expect((await update(endpoint, 2, { S3BackupUpdate: { Prefix: 'new/' } })).ok).toBe(true);
  await put(endpoint, 'a');
  await put(endpoint, 'b');
  await minute(endpoint);
  expect(loaded(endpoint, cluster)).toEqual(['a\nb\n']);
  const backup = endpoint.held.objects.filter(({ bucket }) => bucket === 'backup');
  expect(backup.map(({ key, body }) => [key.slice(0, 8), Buffer.from(body).toString()])).toEqual([['new/2026', 'ab']]);
  const disabled = await update(endpoint, 3, { S3BackupMode: 'Disabled' });
  expect(disabled).toMatchObject({ message: 'S3BackupMode cannot be disabled once it is enabled.' });
});

test('a function stands before it, and what that fails on is beside the objects and not loaded', async () => {
  const lambda = localLambda({
    picky: ({ records }) => ({
      records: records.map(({ recordId, data }) => {
        const failed = Buffer.from(data, 'base64').toString() === 'bad';
        return { recordId, result: failed ? 'ProcessingFailed' : 'Ok', data };
      }),
    }),
  });
  const { ProcessingConfiguration } = processed(lambdaProcessor('picky'));
  const { cluster, endpoint } = await ready(
    { ...(ProcessingConfiguration && { ProcessingConfiguration }) },
    { lambda },
  );
  await put(endpoint, 'good');
  await put(endpoint, 'bad');
  await minute(endpoint, 3);
  expect(loaded(endpoint, cluster)).toEqual(['good']);
  expect(rawIn(under(endpoint, 'processing-failed/2026/01/01/00/'))).toEqual(['bad']);
  const { DeliveryStreamDescription: shown } = await endpoint.firehose.must('DescribeDeliveryStream', {
    DeliveryStreamName: D,
  });
  const processing = shown.Destinations[0]!.RedshiftDestinationDescription!.ProcessingConfiguration;
  const [processor] = processing?.Processors ?? [];
  expect(processor?.Parameters).toContainEqual({ ParameterName: 'RoleArn', ParameterValue: RoleARN });
});

describe('SQL of one’s own', () => {
  test('is sent for each object, with what it holds', async () => {
    const redshiftSql = 'INSERT INTO {table} {columns} SELECT {data}, {object};';
    const more = {
      CopyCommand: { DataTableName: 'events', DataTableColumns: 'a, b' },
      S3Configuration: { ...stage, CompressionFormat: 'GZIP' as const },
    };
    const { cluster, endpoint } = await ready(more, { redshiftSql });
    cluster.instead = unreachable;
    await put(endpoint, "it's $& {role}");
    await minute(endpoint, 2);
    cluster.instead = undefined;
    await minute(endpoint, 5);
    const [first] = endpoint.held.objects;
    expect(cluster.texts).toEqual([`INSERT INTO events (a, b) SELECT 'it''s $& {role}', 's3://stage/${first!.key}';`]);
  });

  test('gets contents from the S3 of the endpoint, and says there why objects were skipped', async () => {
    const RetryOptions = { DurationInSeconds: 0 };
    const { cluster, endpoint } = await ready({ RetryOptions }, { redshiftSql: '{data}', destination: undefined });
    await put(endpoint, 'one');
    await minute(endpoint);
    expect(cluster.texts).toEqual(["'one'"]);
    cluster.instead = () => Promise.reject(new SqlError('53100', 'disk full'));
    await put(endpoint, 'two');
    await minute(endpoint);
    const bucket = endpoint.endpoint.objects.bucket('stage');
    const skipped = bucket.keys.find((key) => key.startsWith('errors/manifests/'));
    expect(bucket.get(skipped!)?.headers).toEqual({
      'content-type': 'application/octet-stream',
      'x-amz-meta-error-code': 'Redshift.DiskFull',
      'x-amz-meta-error-message': 'disk full',
      'x-amz-meta-attempts': '1',
    });
  });

  test('that asks for contents fails where they are not read', async () => {
    const more = {
      RetryOptions: { DurationInSeconds: 0 },
      S3Configuration: { ...stage, CompressionFormat: 'HADOOP_SNAPPY' as const },
    };
    const { endpoint } = await ready(more, { redshiftSql: '{data}' });
    await put(endpoint, 'one');
    await minute(endpoint);
    expect(under(endpoint, 'errors/')[0]!.metadata).toMatchObject({
      'error-message': expect.stringContaining('objects in hadoop-snappy are not read'),
    });
  });

  test.each([
    ['COPY {tabel} FROM {manifest}', '{tabel} is nothing that it can be filled with'],
    ['COPY {table}', 'it has none of {manifest}, {object} and {data}'],
  ])('%s is refused', (redshiftSql, message) => {
    expect(() => virtualEndpoint({ redshiftSql })).toThrow(message);
  });
});
