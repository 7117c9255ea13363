/** Objects of any S3 endpoint, by the AWS SDK: addressing, redirects, retries and paging are as S3 wants them. */
import type { S3Client as Client } from '@aws-sdk/client-s3';
import type { ListedObject, ObjectOutcome, ObjectSource } from './object-source.ts';
import type { SigningCredentials } from './sign.ts';

/** Where objects are, and as whom to read them. */
export interface ObjectEndpoint {
  /** undefined for AWS itself; others are asked in path style. */
  readonly url: string | undefined;
  readonly region: string;
  readonly credentials: () => Promise<SigningCredentials>;
}

/** The objects of an endpoint; the SDK is loaded only where some are watched. */
export async function sdkObjects({ url, region, credentials }: ObjectEndpoint): Promise<ObjectSource> {
  const { S3Client, ListObjectsV2Command, GetObjectCommand, DeleteObjectCommand } = await import('@aws-sdk/client-s3');
  const client: Client = new S3Client({
    region,
    credentials: async () => {
      const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
      return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
    },
    ...(url !== undefined && { endpoint: url, forcePathStyle: true }),
  });
  return {
    list: (Bucket, Prefix) =>
      outcomeOf(async () => {
        const objects: ListedObject[] = [];
        for (let token: string | undefined; ;) {
          const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken: token }));
          for (const { Key, Size, LastModified } of page.Contents ?? [])
            if (Key !== undefined)
              objects.push({ key: Key, bytes: Size ?? 0, lastModifiedMs: LastModified?.getTime() ?? 0 });
          token = page.NextContinuationToken;
          if (token === undefined) return objects;
        }
      }),
    read: (Bucket, Key) =>
      outcomeOf(async () => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return { body: Buffer.from((await Body?.transformToByteArray()) ?? []) };
      }),
    remove: (Bucket, Key) =>
      outcomeOf(async () => {
        await client.send(new DeleteObjectCommand({ Bucket, Key }));
        return null;
      }),
    close: () => client.destroy(),
  };
}

async function outcomeOf<T>(ask: () => Promise<T>): Promise<ObjectOutcome<T>> {
  try {
    return { kind: 'ok', value: await ask() };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { kind: 'error', code: name, message };
  }
}
