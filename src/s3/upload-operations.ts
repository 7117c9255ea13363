/** The operations of multipart uploads. */
import { compareKeys } from './bucket.ts';
import { elementOf } from './checksum.ts';
import { assertMayWrite } from './conditions.ts';
import { document, empty, isoTime, quoted, written, type Call, type Operation } from './operation.ts';
import { contentOf, countIn, headerIn, keptHeaders } from './request.ts';
import { S3Error } from './s3-error.ts';
import { PART_NUMBER_MAX, Upload } from './upload.ts';
import { childrenOf, readXml, textIn } from './xml.ts';

/** Parts and uploads of one answer at the most. */
const LISTED_MAX = 1000;

export const createUpload: Operation = ({ store, request, random, bucket, key }) => {
  const { uploads } = store.bucket(bucket);
  const headers = keptHeaders(request);
  const id = Array.from({ length: 4 }, () => random.uint32().toString(16).padStart(8, '0')).join('');
  uploads.set(id, new Upload(id, { key, headers, nowMs: store.nowMs }, store.room));
  return document('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: id });
};

export const uploadPart: Operation = (call) => {
  const { store, request, query } = call;
  if (headerIn(request, 'x-amz-copy-source') !== undefined) {
    throw new S3Error('NotImplemented', 'UploadPartCopy is not built in this reference yet.');
  }
  const upload = uploadOf(call);
  const number = /^\d{1,5}$/.test(query.get('partNumber') ?? '') ? Number(query.get('partNumber')) : 0;
  if (number < 1 || number > PART_NUMBER_MAX) {
    throw new S3Error('InvalidArgument', `Part number must be an integer between 1 and ${PART_NUMBER_MAX}, inclusive`);
  }
  const { body, checksum } = contentOf(request);
  const part = upload.put(number, { body, checksum }, store.nowMs);
  return empty(200, { etag: quoted(part.etag), ...(checksum && { [checksum.header]: checksum.value }) });
};

/** The parts that are left out go with the upload. Completing it a second time is a NoSuchUpload (AWS answers a repeated one). */
export const completeUpload: Operation = (call) => {
  const { store, request, bucket, key } = call;
  const upload = uploadOf(call);
  const named = childrenOf(readXml(request.body, 'CompleteMultipartUpload'), 'Part').map((part) => ({
    number: Number(textIn(part, 'PartNumber')),
    etag: textIn(part, 'ETag').trim().replace(/^"|"$/g, ''),
    checksum: (element: string) => childrenOf(part, element)[0]?.text,
  }));
  if (named.length === 0 || named.length > PART_NUMBER_MAX) throw new S3Error('MalformedXML');
  const holder = store.bucket(bucket);
  assertMayWrite(request, holder.get(key));
  const assembled = upload.assemble(named, request.headers);
  const size = headerIn(request, 'x-amz-mp-object-size');
  if (size !== undefined && Number(size) !== assembled.body.length) {
    throw new S3Error('InvalidRequest', 'The provided x-amz-mp-object-size is not the size of the parts.');
  }
  const object = holder.put(key, assembled, store.nowMs);
  holder.uploads.delete(upload.id);
  upload.end();
  return document('CompleteMultipartUploadResult', {
    Location: `/${bucket}/${key}`,
    Bucket: bucket,
    Key: key,
    ETag: quoted(object.etag),
    ...(object.checksum && { [elementOf(object.checksum)]: object.checksum.value, ChecksumType: 'FULL_OBJECT' }),
  });
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
  const after = countIn(query, 'part-number-marker', PART_NUMBER_MAX, 0);
  const left = upload.parts.filter(({ number }) => number > after);
  const page = left.slice(0, max);
  return document('ListPartsResult', {
    Bucket: bucket,
    Key: key,
    UploadId: upload.id,
    PartNumberMarker: after,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: max,
    IsTruncated: page.length > 0 && page.length < left.length,
    Part: page.map(({ number, body, etag, lastModifiedMs, checksum }) => ({
      PartNumber: number,
      LastModified: isoTime(lastModifiedMs),
      ETag: quoted(etag),
      Size: body.length,
      ...(checksum && { [elementOf(checksum)]: checksum.value }),
    })),
  });
};

/** By key, and those of one key by the time of their beginning, as the order of the API reference is. */
export const listUploads: Operation = ({ store, bucket, query }) => {
  if (query.get('delimiter')) throw new S3Error('NotImplemented', 'A list of uploads has no delimiter here yet.');
  const prefix = query.get('prefix') ?? '';
  const marker = query.get('key-marker') ?? '';
  const idMarker = marker === '' ? '' : (query.get('upload-id-marker') ?? '');
  const max = countIn(query, 'max-uploads', LISTED_MAX);
  const { uploads } = store.bucket(bucket);
  // A map keeps the order in which uploads began, and sorting what is equal.
  const found = [...uploads.values()]
    .filter(({ key }) => key.startsWith(prefix))
    .sort((a, b) => compareKeys(a.key, b.key));
  const last = found.findIndex(({ id, key }) => id === idMarker && key === marker);
  const left = last < 0 ? found.filter(({ key }) => compareKeys(key, marker) > 0) : found.slice(last + 1);
  const page = left.slice(0, max);
  const next = page.length < left.length ? page.at(-1) : undefined;
  return document('ListMultipartUploadsResult', {
    Bucket: bucket,
    ...(query.get('encoding-type') === 'url' && { EncodingType: 'url' }),
    Prefix: written(query, prefix),
    KeyMarker: written(query, marker),
    UploadIdMarker: idMarker,
    NextKeyMarker: next && written(query, next.key),
    NextUploadIdMarker: next?.id,
    MaxUploads: max,
    IsTruncated: next !== undefined,
    Upload: page.map(({ key, id, initiatedMs }) => ({
      Key: written(query, key),
      UploadId: id,
      Initiated: isoTime(initiatedMs),
      StorageClass: 'STANDARD',
    })),
  });
};

function uploadOf({ store, bucket, key, query }: Call): Upload {
  const upload = store.bucket(bucket).uploads.get(query.get('uploadId') ?? '');
  if (!upload || upload.key !== key) throw new S3Error('NoSuchUpload');
  return upload;
}
