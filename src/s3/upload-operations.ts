/** The operations of multipart uploads. */
import { assertMayWrite } from './conditions.ts';
import { document, empty, isoTime, quoted, type Call, type Operation } from './operation.ts';
import { contentOf, countIn, headerIn, keptHeaders } from './request.ts';
import { S3Error } from './s3-error.ts';
import { PART_NUMBER_MAX, Upload } from './upload.ts';
import { childrenOf, readXml, textIn } from './xml.ts';

/** Parts and uploads of one answer at the most. */
const LISTED_MAX = 1000;

export const createUpload: Operation = ({ store, request, random, bucket, key }) => {
  const { uploads } = store.bucket(bucket);
  const id = Array.from({ length: 4 }, () => random.uint32().toString(16).padStart(8, '0')).join('');
  uploads.set(id, new Upload(id, key, keptHeaders(request), store.room));
  return document('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: id });
};

export const uploadPart: Operation = (call) => {
  const { store, request, query } = call;
  if (headerIn(request, 'x-amz-copy-source') !== undefined) {
    throw new S3Error('NotImplemented', 'UploadPartCopy is not built in this reference yet.');
  }
  const upload = uploadOf(call);
  const number = Number(query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > PART_NUMBER_MAX) {
    throw new S3Error('InvalidArgument', `Part number must be an integer between 1 and ${PART_NUMBER_MAX}, inclusive`);
  }
  const { body, checksum } = contentOf(request);
  const part = upload.put(number, body, store.nowMs);
  return empty(200, { etag: quoted(part.etag), ...(checksum && { [checksum.header]: checksum.value }) });
};

/** The parts that are left out go with the upload. Completing it a second time is a NoSuchUpload (AWS answers a repeated one). */
export const completeUpload: Operation = (call) => {
  const { store, request, bucket, key } = call;
  const upload = uploadOf(call);
  const named = childrenOf(readXml(request.body, 'CompleteMultipartUpload'), 'Part').map((part) => ({
    number: Number(textIn(part, 'PartNumber')),
    etag: textIn(part, 'ETag').trim().replace(/^"|"$/g, ''),
  }));
  if (named.length === 0 || named.length > PART_NUMBER_MAX) throw new S3Error('MalformedXML');
  const holder = store.bucket(bucket);
  assertMayWrite(request, holder.get(key));
  const object = holder.put(key, upload.assemble(named), store.nowMs);
  holder.uploads.delete(upload.id);
  upload.end();
  const ETag = quoted(object.etag);
  return document('CompleteMultipartUploadResult', { Location: `/${bucket}/${key}`, Bucket: bucket, Key: key, ETag });
};

export const abortUpload: Operation = (call) => {
  const upload = uploadOf(call);
  upload.end();
  call.store.bucket(call.bucket).uploads.delete(upload.id);
  return empty(204);
};

export const listParts: Operation = (call) => {
  const { bucket, key, query } = call;
  const upload = uploadOf(call);
  const max = countIn(query, 'max-parts', LISTED_MAX);
  const after = Number(query.get('part-number-marker') ?? 0);
  const left = upload.parts.filter(({ number }) => number > after);
  const page = left.slice(0, max);
  return document('ListPartsResult', {
    Bucket: bucket,
    Key: key,
    UploadId: upload.id,
    PartNumberMarker: after,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: max,
    IsTruncated: page.length < left.length,
    Part: page.map(({ number, body, etag, lastModifiedMs }) => ({
      PartNumber: number,
      LastModified: isoTime(lastModifiedMs),
      ETag: quoted(etag),
      Size: body.length,
    })),
  });
};

/** The first thousand by key; not paged. */
export const listUploads: Operation = ({ store, bucket, query }) => {
  const prefix = query.get('prefix') ?? '';
  const found = [...store.bucket(bucket).uploads.values()]
    .filter(({ key }) => key.startsWith(prefix))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return document('ListMultipartUploadsResult', {
    Bucket: bucket,
    Prefix: prefix,
    MaxUploads: LISTED_MAX,
    IsTruncated: found.length > LISTED_MAX,
    Upload: found.slice(0, LISTED_MAX).map(({ key, id }) => ({ Key: key, UploadId: id })),
  });
};

function uploadOf({ store, bucket, key, query }: Call): Upload {
  const upload = store.bucket(bucket).uploads.get(query.get('uploadId') ?? '');
  if (!upload || upload.key !== key) throw new S3Error('NoSuchUpload');
  return upload;
}
