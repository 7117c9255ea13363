/** The operations on buckets, and the deletion of many objects. */
import type { XmlElement } from '@rgrove/parse-xml';
import type { Bucket } from './bucket.ts';
import { assertTagged } from './conditions.ts';
import { afterToken, listKeys, tokenOf } from './listing.ts';
import { document, empty, isoTime, OWNER, type Operation } from './operation.ts';
import { contentOf, countIn } from './request.ts';
import { BUCKETS_MAX } from './store.ts';
import { S3Error } from './s3-error.ts';
import { childrenOf, readXml, textIn, type XmlContent } from './xml.ts';

/** Keys of a request to delete many at the most. */
const KEYS_MAX = 1000;

export const listBuckets: Operation = ({ store, query }) => {
  const prefix = query.get('prefix') ?? '';
  const names = store.buckets.map(({ name }) => name);
  const wanted = { prefix, delimiter: '', after: afterToken(query) ?? '' };
  const page = listKeys(names, { ...wanted, max: countIn(query, 'max-buckets', BUCKETS_MAX) });
  return document('ListAllMyBucketsResult', {
    Owner: OWNER,
    Buckets: {
      Bucket: page.keys.map((name) => ({ Name: name, CreationDate: isoTime(store.bucket(name).createdMs) })),
    },
    ContinuationToken: page.next === undefined ? undefined : tokenOf(page.next),
    ...(prefix !== '' && { Prefix: prefix }),
  });
};

/** In us-east-1, where no configuration is sent, a bucket of one's own may be created again (F: CreateBucket). */
export const createBucket: Operation = ({ store, request, bucket }) => {
  const { body } = contentOf(request);
  if (body.length > 0) readXml(body, 'CreateBucketConfiguration');
  if (!store.createBucket(bucket) && body.length > 0) throw new S3Error('BucketAlreadyOwnedByYou');
  return empty(200, { location: `/${bucket}` });
};

export const headBucket: Operation = ({ store, bucket }) => {
  store.bucket(bucket);
  return empty(200, { 'x-amz-bucket-region': 'us-east-1' });
};

export const deleteBucket: Operation = ({ store, bucket }) => {
  store.deleteBucket(bucket);
  return empty(204);
};

/** There are no regions: what us-east-1 says, whatever the bucket was created with. */
export const getBucketLocation: Operation = ({ store, bucket }) => {
  store.bucket(bucket);
  return document('LocationConstraint', undefined);
};

export const deleteObjects: Operation = ({ store, request, bucket }) => {
  const holder = store.bucket(bucket);
  const { body, checked } = contentOf(request);
  if (!checked) throw new S3Error('InvalidRequest', 'Missing required header for this request: Content-MD5');
  const root = readXml(body, 'Delete');
  const objects = childrenOf(root, 'Object');
  if (objects.length === 0 || objects.length > KEYS_MAX) throw new S3Error('MalformedXML');
  // All are read before the first is gone.
  const deletions = objects.map((object) => ({ key: textIn(object, 'Key'), refusal: refusalOf(holder, object) }));
  const Deleted: XmlContent[] = [];
  const refused: XmlContent[] = [];
  for (const { key, refusal } of deletions) {
    if (refusal) {
      refused.push({ Key: key, Code: refusal.code, Message: refusal.message });
      continue;
    }
    holder.delete(key);
    Deleted.push({ Key: key });
  }
  const quiet = childrenOf(root, 'Quiet')[0]?.text === 'true';
  return document('DeleteResult', { Deleted: quiet ? [] : Deleted, Error: refused });
};

/** Why one of many objects is not deleted. */
function refusalOf(holder: Bucket, object: XmlElement): S3Error | undefined {
  const version = childrenOf(object, 'VersionId')[0]?.text ?? 'null';
  if (version !== 'null') return new S3Error('NotImplemented', 'Versions are not built in this reference yet.');
  try {
    assertTagged(childrenOf(object, 'ETag')[0]?.text, holder.get(textIn(object, 'Key')));
    return undefined;
  } catch (error) {
    if (error instanceof S3Error) return error;
    throw error;
  }
}
