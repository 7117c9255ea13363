/** The default JavaScript client of S3, as it comes, over sockets: every operation that docs/reference.md claims, and no other. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as s3 from '@aws-sdk/client-s3';
import { afterEach, expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { packageRoot } from '../package.ts';
import { createEndpoint } from './endpoint.ts';
import { startServer } from './server.ts';

let server: Awaited<ReturnType<typeof startServer>> | undefined;
let client: s3.S3Client | undefined;
afterEach(async () => {
  client?.destroy();
  await server?.close();
});

const Bucket = 'lake';
/** The operations that are sent, by their names at AWS: the last test counts those of all before it. */
const sent = new Set<string>();

async function serving(options = {}): Promise<s3.S3Client> {
  server = await startServer(createEndpoint({ clock: new VirtualClock(), limits: 'off', ...options }), { port: 0 });
  const credentials = { accessKeyId: 'kinebench', secretAccessKey: 'kinebench' };
  client = new s3.S3Client({ endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  client.middlewareStack.add(
    (next, context) => (args) => {
      sent.add(String(context.commandName).replace(/Command$/, ''));
      return next(args);
    },
    { step: 'initialize' },
  );
  return client;
}

test('buckets', async () => {
  const c = await serving();
  await c.send(new s3.CreateBucketCommand({ Bucket }));
  const LocationConstraint = 'eu-west-1';
  await c.send(new s3.CreateBucketCommand({ Bucket: 'pond', CreateBucketConfiguration: { LocationConstraint } }));
  const names = async (input: s3.ListBucketsCommandInput) =>
    (await c.send(new s3.ListBucketsCommand(input))).Buckets?.map(({ Name }) => Name);
  expect([await names({}), await names({ Prefix: 'p' })]).toEqual([['lake', 'pond'], ['pond']]);
  const paged: unknown[] = [];
  for await (const { Buckets } of s3.paginateListBuckets({ client: c, pageSize: 1 }, {})) paged.push(Buckets?.length);
  expect(paged).toEqual([1, 1]);
  expect(await c.send(new s3.HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: 'us-east-1' });
  expect((await c.send(new s3.GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeUndefined();
  await c.send(new s3.DeleteBucketCommand({ Bucket }));
  await expect(c.send(new s3.HeadBucketCommand({ Bucket }))).rejects.toBeInstanceOf(s3.NotFound);
  await expect(c.send(new s3.ListObjectsV2Command({ Bucket }))).rejects.toBeInstanceOf(s3.NoSuchBucket);
});

test('objects', async () => {
  const c = await serving();
  await c.send(new s3.CreateBucketCommand({ Bucket }));
  const Keys = ['a/1', 'a/2 ü+%', 'b'];
  for (const Key of Keys) {
    await c.send(new s3.PutObjectCommand({ Bucket, Key, Body: Key, Metadata: { of: 'me' }, ContentType: 'text/x' }));
  }
  const read = await c.send(new s3.GetObjectCommand({ Bucket, Key: 'a/2 ü+%' }));
  expect(await read.Body?.transformToString()).toBe('a/2 ü+%');
  expect(read).toMatchObject({ Metadata: { of: 'me' }, ContentType: 'text/x', ChecksumCRC32: expect.any(String) });
  const head = await c.send(new s3.HeadObjectCommand({ Bucket, Key: 'b' }));
  expect(head).toMatchObject({ ContentLength: 1, LastModified: new Date('2026-01-01T00:00:00Z') });
  const part = await c.send(new s3.GetObjectCommand({ Bucket, Key: 'a/1', Range: 'bytes=1-' }));
  expect(await part.Body?.transformToString()).toBe('/1');
  await c.send(new s3.CopyObjectCommand({ Bucket, Key: 'c', CopySource: `${Bucket}/b` }));
  const found: unknown[] = [];
  for await (const page of s3.paginateListObjectsV2({ client: c, pageSize: 2 }, { Bucket })) {
    found.push(page.Contents?.map(({ Key }) => Key));
  }
  expect(found).toEqual([
    ['a/1', 'a/2 ü+%'],
    ['b', 'c'],
  ]);
  const rolled = await c.send(new s3.ListObjectsCommand({ Bucket, Delimiter: '/' }));
  expect(rolled.CommonPrefixes).toEqual([{ Prefix: 'a/' }]);
  await expect(c.send(new s3.GetObjectCommand({ Bucket, Key: 'x' }))).rejects.toBeInstanceOf(s3.NoSuchKey);
  await expect(c.send(new s3.HeadObjectCommand({ Bucket, Key: 'x' }))).rejects.toBeInstanceOf(s3.NotFound);
  await expect(c.send(new s3.DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'BucketNotEmpty' });
  await c.send(new s3.DeleteObjectCommand({ Bucket, Key: 'b' }));
  const Objects = [...Keys, 'c'].map((Key) => ({ Key }));
  expect((await c.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects } }))).Deleted).toHaveLength(4);
  expect((await c.send(new s3.ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
});

test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
  'the checksum %s, of a body at hand and of one that is streamed',
  async (ChecksumAlgorithm) => {
    const c = await serving();
    await c.send(new s3.CreateBucketCommand({ Bucket }));
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * at) % 251));
    const header = `Checksum${ChecksumAlgorithm}` as const;
    const at = { Bucket, Key: 'a' };
    await c.send(new s3.PutObjectCommand({ ...at, Body: bytes, ChecksumAlgorithm }));
    const whole = await c.send(new s3.GetObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
    expect(bytes.equals(await whole.Body!.transformToByteArray())).toBe(true);
    expect(whole[header]).toEqual(expect.any(String));
    const pieces = Array.from({ length: 30 }, (_, index) => bytes.subarray(index * 10_000, (index + 1) * 10_000));
    const Body = Readable.from(pieces, { objectMode: false });
    await c.send(new s3.PutObjectCommand({ ...at, Body, ContentLength: bytes.length, ChecksumAlgorithm }));
    const again = await c.send(new s3.GetObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
    expect(bytes.equals(await again.Body!.transformToByteArray())).toBe(true);
    expect(again[header]).toBe(whole[header]);
  },
);

test('a multipart upload', async () => {
  const c = await serving();
  await c.send(new s3.CreateBucketCommand({ Bucket }));
  const at = { Bucket, Key: 'large' };
  const { UploadId } = await c.send(new s3.CreateMultipartUploadCommand(at));
  const Parts: s3.CompletedPart[] = [];
  const bodies = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('end')];
  for (const [index, Body] of bodies.entries()) {
    const PartNumber = index + 1;
    const put = await c.send(new s3.UploadPartCommand({ ...at, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag: put.ETag, ChecksumCRC32: put.ChecksumCRC32 });
  }
  expect((await c.send(new s3.ListPartsCommand({ ...at, UploadId }))).Parts).toHaveLength(2);
  expect((await c.send(new s3.ListMultipartUploadsCommand({ Bucket }))).Uploads).toMatchObject([{ Key: 'large' }]);
  const made = await c.send(new s3.CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
  expect(made.ETag).toMatch(/^"[\da-f]{32}-2"$/);
  const whole = await (await c.send(new s3.GetObjectCommand(at))).Body?.transformToByteArray();
  expect(Buffer.concat(bodies).equals(whole!)).toBe(true);
  const gone = c.send(new s3.AbortMultipartUploadCommand({ ...at, UploadId }));
  await expect(gone).rejects.toBeInstanceOf(s3.NoSuchUpload);
});

test('conditions', async () => {
  const c = await serving();
  await c.send(new s3.CreateBucketCommand({ Bucket }));
  const at = { Bucket, Key: 'a' };
  const { ETag } = await c.send(new s3.PutObjectCommand({ ...at, Body: 'x', IfNoneMatch: '*' }));
  expect(ETag).toBe(`"${createHash('md5').update('x').digest('hex')}"`);
  const second = c.send(new s3.PutObjectCommand({ ...at, Body: 'y', IfNoneMatch: '*' }));
  await expect(second).rejects.toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
  const unchanged = c.send(new s3.GetObjectCommand({ ...at, IfNoneMatch: ETag }));
  await expect(unchanged).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  await expect(c.send(new s3.DeleteObjectCommand({ ...at, IfMatch: '"0"' }))).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
  expect((await c.send(new s3.HeadObjectCommand({ ...at, IfMatch: ETag }))).ContentLength).toBe(1);
});

test('a body that is larger than a request may be, and one that finds the memory full, are told so', async () => {
  const c = await serving({ memoryBytesMax: 1024 * 1024 });
  await c.send(new s3.CreateBucketCommand({ Bucket }));
  const put = (bytes: number) => c.send(new s3.PutObjectCommand({ Bucket, Key: 'a', Body: Buffer.alloc(bytes) }));
  await expect(put(21 * 1024 * 1024)).rejects.toMatchObject({
    name: 'EntityTooLarge',
    message: expect.stringContaining('in parts'),
  });
  await expect(put(2 * 1024 * 1024)).rejects.toMatchObject({
    name: 'InsufficientStorage',
    message: expect.stringContaining('--max-memory'),
    $metadata: { httpStatusCode: 507 },
  });
  await put(1000);
  expect((await c.send(new s3.ListObjectsV2Command({ Bucket }))).Contents).toMatchObject([{ Key: 'a', Size: 1000 }]);
});

test('docs/reference.md names the operations that were sent, and the client has every other refused', async () => {
  const page = readFileSync(join(packageRoot, 'docs', 'reference.md'), 'utf8');
  const section = page.slice(page.indexOf('\n## S3\n'), page.indexOf('\n## Faults\n'));
  const [, list = ''] = /Its operations: ([^.]*)\./.exec(section) ?? [];
  expect(list.split(/,\s+/).sort()).toEqual([...sent].sort());
  const c = await serving();
  await c.send(new s3.CreateBucketCommand({ Bucket }));
  await c.send(new s3.PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
  // Members of all kinds; an operation takes those that it knows.
  const input = { Bucket, Key: 'k', Id: 'x', CopySource: 'lake/k', Name: 'x', UploadId: 'x', PartNumber: 1 };
  const others = Object.values(s3)
    .filter((value) => typeof value === 'function' && value.prototype instanceof s3.$Command)
    .map((value) => value as unknown as new (input: object) => s3.GetBucketAclCommand)
    .filter(({ name }) => !sent.has(name.replace(/Command$/, '')));
  expect(others.length).toBeGreaterThan(80);
  for (const Other of others) {
    const refused = await c.send(new Other(input)).catch((error: Error) => error);
    // One of them is not sent at all: it must have a host of its own.
    const own = Other.name === 'WriteGetObjectResponseCommand' ? 'Error' : 'NotImplemented';
    expect([Other.name, refused]).toEqual([Other.name, expect.objectContaining({ name: own })]);
  }
  expect((await c.send(new s3.ListObjectsV2Command({ Bucket }))).Contents).toMatchObject([{ Key: 'k', Size: 1 }]);
});
