/**
 * The whole way over sockets with the default JavaScript clients as they come: one puts, the other reads, and what it reads opens with programs and
 * libraries that neither we nor the writer of the object wrote: gunzip, unzip, the Snappy of hyparquet, Apache Arrow's reader of Parquet.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as firehose from '@aws-sdk/client-firehose';
import * as s3 from '@aws-sdk/client-s3';
import { tableFromIPC } from 'apache-arrow';
import { snappyUncompress } from 'hyparquet';
import { readParquet } from 'parquet-wasm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startReferenceThread, type ReferenceThread } from '../thread.ts';

const DeliveryStreamName = 'tour';
const folder = mkdtempSync(join(tmpdir(), 'kinebench-tour-'));
const lines = Array.from({ length: 500 }, (_, n) => JSON.stringify({ id: n, name: `name ${n % 7}` }));
const text = lines.map((line) => `${line}\n`).join('');

let reference: ReferenceThread;
let delivery: firehose.FirehoseClient;
let objects: s3.S3Client;

beforeAll(async () => {
  reference = await startReferenceThread({
    limits: 'off',
    latency: 'none',
    createDeliveryStreamMs: 0,
    deleteDeliveryStreamMs: 0,
    tables: { 'lake.rows': { id: 'bigint', name: 'string' } },
  });
  const credentials = { accessKeyId: 'kinebench', secretAccessKey: 'kinebench' };
  const config = { endpoint: reference.url, region: 'us-east-1', credentials };
  delivery = new firehose.FirehoseClient(config);
  objects = new s3.S3Client({ ...config, forcePathStyle: true });
});

afterAll(async () => {
  delivery.destroy();
  objects.destroy();
  await reference.stop();
  rmSync(folder, { recursive: true });
});

/** What is delivered of the lines by a delivery stream with this of its own: deleting it writes what it buffers. */
async function delivered(bucket: string, more: Partial<firehose.ExtendedS3DestinationConfiguration>): Promise<Buffer> {
  await delivery.send(
    new firehose.CreateDeliveryStreamCommand({
      DeliveryStreamName,
      ExtendedS3DestinationConfiguration: {
        RoleARN: 'arn:aws:iam::000000000000:role/firehose',
        BucketARN: `arn:aws:s3:::${bucket}`,
        BufferingHints: { SizeInMBs: 64, IntervalInSeconds: 60 },
        ...more,
      },
    }),
  );
  const { DeliveryStreamDescription: made } = await delivery.send(
    new firehose.DescribeDeliveryStreamCommand({ DeliveryStreamName }),
  );
  expect(made!.DeliveryStreamStatus).toBe('ACTIVE');
  const Records = lines.map((line) => ({ Data: Buffer.from(`${line}\n`) }));
  const put = await delivery.send(new firehose.PutRecordBatchCommand({ DeliveryStreamName, Records }));
  expect(put.FailedPutCount).toBe(0);
  await delivery.send(new firehose.DeleteDeliveryStreamCommand({ DeliveryStreamName }));
  const Key = await firstKey(bucket);
  const { Body } = await objects.send(new s3.GetObjectCommand({ Bucket: bucket, Key }));
  return Buffer.from(await Body!.transformToByteArray());
}

/** An object is written after the delivery stream is gone; asked for as often as it takes, within bounds. */
async function firstKey(Bucket: string): Promise<string> {
  for (let asked = 0; asked < 2000; asked += 1) {
    try {
      const { Contents = [] } = await objects.send(new s3.ListObjectsV2Command({ Bucket }));
      if (Contents.length > 0) return Contents[0]!.Key!;
    } catch (error) {
      if (!(error instanceof s3.NoSuchBucket)) throw error;
    }
  }
  throw new Error(`nothing came to ${Bucket}`);
}

/** What a program of the system writes of a file. */
function opened(program: string, args: readonly string[], body: Buffer, name = 'object'): string {
  const file = join(folder, name);
  writeFileSync(file, body);
  return execFileSync(program, [...args, file], { encoding: 'utf8' });
}

function has(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test.runIf(has('gunzip'))('gunzip opens GZIP', async () => {
  const body = await delivered('gzip', { CompressionFormat: 'GZIP' });
  expect(opened('gunzip', ['-c'], body, 'object.gz')).toBe(text);
});

test.runIf(has('unzip'))('unzip opens ZIP and finds it whole', async () => {
  const body = await delivered('zip', { CompressionFormat: 'ZIP' });
  expect(opened('unzip', ['-tqq'], body)).toBe('');
  expect(opened('unzip', ['-p'], body)).toBe(text);
});

test.each([
  ['Snappy', 16, 4],
  ['HADOOP_SNAPPY', 0, 8],
] as const)('another Snappy opens the blocks of %s', async (CompressionFormat, headerBytes, headBytes) => {
  const body = await delivered(CompressionFormat.toLowerCase().replace('_', '-'), { CompressionFormat });
  let at = headerBytes;
  let plain = '';
  while (at < body.length) {
    const length = body.readUInt32BE(at + headBytes - 4);
    at += headBytes;
    const block = body.subarray(at, at + length);
    const output = new Uint8Array(lengthIn(block));
    snappyUncompress(block, output);
    plain += Buffer.from(output).toString();
    at += length;
  }
  expect(plain).toBe(text);
});

/** The length that a block of Snappy begins with: seven bits a byte, the lowest first. */
function lengthIn(block: Buffer): number {
  let length = 0;
  for (let at = 0; ; at += 1) {
    length |= (block[at]! & 0x7f) << (7 * at);
    if (block[at]! < 0x80) return length;
  }
}

test('Apache Arrow opens Parquet, each value as it was put', async () => {
  const body = await delivered('parquet', {
    DataFormatConversionConfiguration: {
      SchemaConfiguration: { RoleARN: 'arn:aws:iam::000000000000:role/glue', DatabaseName: 'lake', TableName: 'rows' },
      InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
      OutputFormatConfiguration: { Serializer: { ParquetSerDe: {} } },
    },
  });
  const rows = tableFromIPC(readParquet(body).intoIPCStream()).toArray();
  expect(rows.map(({ id, name }) => JSON.stringify({ id: Number(id), name }))).toEqual(lines);
});
