/** Real clients over sockets against an endpoint that verifies: the AWS SDK over HTTP/2, and our own client over HTTP/1.1. */
import { KinesisClient, ListStreamsCommand, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { expect, test } from 'vitest';
import { systemClock } from '../../clock.ts';
import { createClient } from '../../wire/client.ts';
import { createEndpoint } from '../endpoint.ts';
import { startServer } from '../server.ts';

const key = { accessKeyId: 'ASIATEMP', secretAccessKey: 'secret', sessionToken: 'token/+=' };
const forged = { ...key, secretAccessKey: 'Secret' };
const StreamName = 'orders';

test('who has the secret is served, who has not is refused and nothing is stored', async () => {
  const endpoint = createEndpoint({ auth: 'verify', keys: [key], createStreamMs: 0, limits: 'off' });
  await using server = await startServer(endpoint);
  const sdk = (credentials: typeof key) =>
    new KinesisClient({ endpoint: server.url, region: 'eu-west-1', credentials, maxAttempts: 1 });
  const wire = (credentials: typeof key) =>
    createClient({ url: server.url, region: 'eu-west-1', credentials: async () => credentials }, systemClock);
  const [ours, theirs, ourForged, theirForged] = [wire(key), sdk(key), wire(forged), sdk(forged)];

  expect(await ours.call('CreateStream', { StreamName, ShardCount: 1 })).toMatchObject({ kind: 'ok' });
  expect((await theirs.send(new ListStreamsCommand({}))).StreamNames).toEqual([StreamName]);
  const put = { StreamName, Data: Buffer.from('a'), PartitionKey: 'k' };
  await expect(theirForged.send(new PutRecordCommand(put))).rejects.toMatchObject({
    name: 'InvalidSignatureException',
  });
  const outcome = await ourForged.call('PutRecord', { ...put, Data: 'YQ==' });
  expect(outcome).toMatchObject({ kind: 'error', code: 'InvalidSignatureException' });

  const shard = { StreamName, ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' } as const;
  const iterator = await ours.call('GetShardIterator', shard);
  if (iterator.kind !== 'ok') throw new Error(iterator.kind);
  const read = await ours.call('GetRecords', { ShardIterator: iterator.output.ShardIterator! });
  expect(read).toMatchObject({ kind: 'ok', output: { Records: [] } });
  for (const client of [ours, ourForged]) client.close();
  for (const client of [theirs, theirForged]) client.destroy();
});
