/** The default JavaScript client of S3, as it comes, over sockets; and Data Firehose writing what it reads. */
import { gunzipSync } from 'node:zlib';
import * as firehose from '@aws-sdk/client-firehose';
import * as s3 from '@aws-sdk/client-s3';
import { afterEach, expect, test } from 'vitest';
import { NS_PER_S, VirtualClock } from '../clock.ts';
import { createEndpoint } from './endpoint.ts';
import { startServer } from './server.ts';

let server: Awaited<ReturnType<typeof startServer>> | undefined;
afterEach(() => server?.close());

async function serving() {
  const clock = new VirtualClock();
  server = await startServer(createEndpoint({ clock, limits: 'off' }), { port: 0 });
  const credentials = { accessKeyId: 'kinebench', secretAccessKey: 'kinebench' };
  const config = { endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 };
  return { clock, client: new s3.S3Client(config), firehose: new firehose.FirehoseClient(config) };
}

const Bucket = 'lake';

test('the whole tour', async () => {
  const { client } = await serving();
  await client.send(new s3.CreateBucketCommand({ Bucket }));
  expect((await client.send(new s3.ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual([Bucket]);
  await client.send(new s3.HeadBucketCommand({ Bucket }));
  const Keys = ['a/1', 'a/2 ü', 'b'];
  for (const Key of Keys) {
    await client.send(
      new s3.PutObjectCommand({ Bucket, Key, Body: Key, Metadata: { of: 'me' }, ContentType: 'text/x' }),
    );
  }
  const read = await client.send(new s3.GetObjectCommand({ Bucket, Key: 'a/2 ü' }));
  expect(await read.Body?.transformToString()).toBe('a/2 ü');
  expect(read).toMatchObject({ Metadata: { of: 'me' }, ContentType: 'text/x', ChecksumCRC32: expect.any(String) });
  const head = await client.send(new s3.HeadObjectCommand({ Bucket, Key: 'b' }));
  expect(head).toMatchObject({ ContentLength: 1, LastModified: new Date('2026-01-01T00:00:00Z') });
  const part = await client.send(new s3.GetObjectCommand({ Bucket, Key: 'a/1', Range: 'bytes=1-' }));
  expect(await part.Body?.transformToString()).toBe('/1');
  await client.send(new s3.CopyObjectCommand({ Bucket, Key: 'c', CopySource: `${Bucket}/b` }));
  const found: unknown[] = [];
  for await (const page of s3.paginateListObjectsV2({ client, pageSize: 2 }, { Bucket })) {
    found.push(page.Contents?.map(({ Key }) => Key));
  }
  expect(found).toEqual([
    ['a/1', 'a/2 ü'],
    ['b', 'c'],
  ]);
  const rolled = await client.send(new s3.ListObjectsV2Command({ Bucket, Delimiter: '/' }));
  expect(rolled.CommonPrefixes).toEqual([{ Prefix: 'a/' }]);
  await expect(client.send(new s3.GetObjectCommand({ Bucket, Key: 'x' }))).rejects.toBeInstanceOf(s3.NoSuchKey);
  await expect(client.send(new s3.DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'BucketNotEmpty' });
  const Objects = [...Keys, 'c'].map((Key) => ({ Key }));
  expect((await client.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects } }))).Deleted).toHaveLength(4);
  await client.send(new s3.DeleteBucketCommand({ Bucket }));
  await expect(client.send(new s3.HeadBucketCommand({ Bucket }))).rejects.toBeInstanceOf(s3.NotFound);
});

test('a multipart upload', async () => {
  const { client } = await serving();
  await client.send(new s3.CreateBucketCommand({ Bucket }));
  const at = { Bucket, Key: 'large' };
  const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand(at));
  const Parts: s3.CompletedPart[] = [];
  const bodies = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('end')];
  for (const [index, Body] of bodies.entries()) {
    const PartNumber = index + 1;
    const { ETag } = await client.send(new s3.UploadPartCommand({ ...at, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  }
  expect((await client.send(new s3.ListPartsCommand({ ...at, UploadId }))).Parts).toHaveLength(2);
  const made = await client.send(
    new s3.CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }),
  );
  expect(made.ETag).toMatch(/^"[\da-f]{32}-2"$/);
  const whole = await (await client.send(new s3.GetObjectCommand(at))).Body?.transformToByteArray();
  expect(Buffer.concat(bodies).equals(whole!)).toBe(true);
  await expect(client.send(new s3.AbortMultipartUploadCommand({ ...at, UploadId }))).rejects.toBeInstanceOf(
    s3.NoSuchUpload,
  );
});

test('what Firehose delivers can be read', async () => {
  const { client, clock, firehose: delivery } = await serving();
  const DeliveryStreamName = 'd';
  const ExtendedS3DestinationConfiguration: firehose.ExtendedS3DestinationConfiguration = {
    RoleARN: 'arn:aws:iam::000000000000:role/firehose',
    BucketARN: `arn:aws:s3:::${Bucket}`,
    CompressionFormat: 'GZIP',
    BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 },
  };
  await delivery.send(
    new firehose.CreateDeliveryStreamCommand({ DeliveryStreamName, ExtendedS3DestinationConfiguration }),
  );
  await clock.advance(NS_PER_S);
  const Records = [{ Data: Buffer.from('one,') }, { Data: Buffer.from('two') }];
  await delivery.send(new firehose.PutRecordBatchCommand({ DeliveryStreamName, Records }));
  await clock.advance(60 * NS_PER_S);
  const { Contents } = await client.send(new s3.ListObjectsV2Command({ Bucket, Prefix: '2026/01/01/00/' }));
  expect(Contents).toHaveLength(1);
  const read = await client.send(new s3.GetObjectCommand({ Bucket, Key: Contents![0]!.Key! }));
  expect(read.ContentEncoding).toBe('gzip');
  expect(gunzipSync(await read.Body!.transformToByteArray()).toString()).toBe('one,two');
});
