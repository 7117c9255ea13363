/**
 * PutRecordBatch beside PutRecords: the same 500 records of 1 KiB, in turn, on one reference in a process of its own. Delivery is
 * into a destination that takes everything and keeps nothing, so that what is compared is taking records in and writing
 * objects against taking records in and keeping them.
 */
import { once } from 'node:events';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { systemClock } from '../src/clock.ts';
import { FIREHOSE_TARGET_PREFIX } from '../src/protocol/firehose/operations.ts';
import { packageRoot } from '../src/package.ts';
import { createClient } from '../src/wire/client.ts';
import { createFirehoseClient } from '../src/wire/firehose-client.ts';
import { drive } from './closed-loop.ts';
import { unsigned } from './local.ts';
import { median, row } from './table.ts';

const ROUNDS = 3;
const SECONDS = 2;
const CONNECTIONS = 16;
const RECORDS = 500;
const data = Buffer.alloc(1024, 7).toString('base64');
const credentials = async () => ({ accessKeyId: 'kinebench', secretAccessKey: 'kinebench' });

/** Prints records a second of both, and their ratio. */
export async function batch(): Promise<void> {
  const child = fork(join(packageRoot, 'bench/served.ts'), ['form']);
  const [{ url }] = await once(child, 'message');
  const endpoint = { url, region: 'us-east-1', credentials };
  const kinesis = createClient(endpoint, systemClock);
  const firehose = createFirehoseClient(endpoint, systemClock);
  const S3DestinationConfiguration = {
    RoleARN: 'arn:aws:iam::000000000000:role/delivery',
    BucketARN: 'arn:aws:s3:::bench',
  };
  await firehose.call('CreateDeliveryStream', { DeliveryStreamName: 'bench', S3DestinationConfiguration });
  const records = (record: object) => Array.from({ length: RECORDS }, () => record);
  const rounds: { stream: number; delivery: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const StreamName = `bench-${round}`;
    await kinesis.call('CreateStream', { StreamName, ShardCount: 1 });
    const stream = await rateOf(url, unsigned('PutRecords'), {
      StreamName,
      Records: records({ Data: data, PartitionKey: 'k' }),
    });
    await kinesis.call('DeleteStream', { StreamName });
    const target = `${FIREHOSE_TARGET_PREFIX}.PutRecordBatch`;
    const headers = { ...unsigned('PutRecords'), 'x-amz-target': target };
    const delivery = await rateOf(url, headers, { DeliveryStreamName: 'bench', Records: records({ Data: data }) });
    // The first round warms up.
    if (round > 0) rounds.push({ stream, delivery });
  }
  kinesis.close();
  firehose.close();
  child.disconnect();
  const rates = [rounds.map((round) => round.delivery), rounds.map((round) => round.stream)].map(median);
  const ratio = median(rounds.map((round) => round.delivery / round.stream));
  console.log(row('put', 'PutRecordBatch records/s', 'PutRecords records/s', `ratio (median of ${ROUNDS})`, 'wanted'));
  console.log(row('500 × 1 KiB', ...rates.map((rate) => String(Math.round(rate))), ratio.toFixed(2), '≥ 1'));
}

async function rateOf(url: string, headers: Record<string, string>, input: object): Promise<number> {
  const body = JSON.stringify(input);
  const { callsPerS } = await drive({
    url,
    connections: CONNECTIONS,
    seconds: SECONDS,
    request: () => ({ headers, body }),
  });
  return callsPerS * RECORDS;
}
