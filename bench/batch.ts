/**
 * PutRecordBatch beside PutRecords: the same 500 records of 1 KiB, in turn, on one reference in a process of its own. Delivery is
 * into a destination that takes everything and keeps nothing, so that what is compared is taking records in and writing
 * objects against taking records in and keeping them: processor time of the reference for a record, and beside it how many records a second
 * the closed loop came to.
 */
import { once } from 'node:events';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { systemClock } from '../src/clock.ts';
import { FIREHOSE_TARGET_PREFIX } from '../src/protocol/firehose/operations.ts';
import { packageRoot } from '../src/package.ts';
import { createClient } from '../src/wire/client.ts';
import { createFirehoseClient } from '../src/wire/firehose-client.ts';
import { unsigned } from './local.ts';
import { costOf } from './processor-time.ts';
import { median, row } from './table.ts';

const ROUNDS = 5;
const RECORDS = 500;
const data = Buffer.alloc(1024, 7).toString('base64');
const credentials = async () => ({ accessKeyId: 'kinebench', secretAccessKey: 'kinebench' });

/** Prints what a record costs by either, and their ratio. */
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
  const send = (headers: Record<string, string>, input: object) =>
    costOf(child, url, { headers, body: JSON.stringify(input) });
  const rounds: { stream: Cost; delivery: Cost }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const StreamName = `bench-${round}`;
    await kinesis.call('CreateStream', { StreamName, ShardCount: 1 });
    const stream = await send(unsigned('PutRecords'), {
      StreamName,
      Records: records({ Data: data, PartitionKey: 'k' }),
    });
    await kinesis.call('DeleteStream', { StreamName });
    const target = `${FIREHOSE_TARGET_PREFIX}.PutRecordBatch`;
    const headers = { ...unsigned('PutRecords'), 'x-amz-target': target };
    const delivery = await send(headers, { DeliveryStreamName: 'bench', Records: records({ Data: data }) });
    // The first round warms up.
    if (round > 0) rounds.push({ stream, delivery });
  }
  kinesis.close();
  firehose.close();
  child.disconnect();
  const costs = [rounds.map((round) => round.delivery.cpuUs), rounds.map((round) => round.stream.cpuUs)].map(median);
  const rates = [rounds.map((round) => round.delivery.callsPerS), rounds.map((round) => round.stream.callsPerS)].map(
    median,
  );
  const ratio = median(rounds.map((round) => round.delivery.cpuUs / round.stream.cpuUs));
  console.log(row('500 records of 1 KiB', 'PutRecordBatch', 'PutRecords', `ratio (median of ${ROUNDS})`, 'wanted'));
  console.log(
    row('processor time a record', ...costs.map((us) => `${(us / RECORDS).toFixed(2)} µs`), ratio.toFixed(2), '≤ 1'),
  );
  console.log(row('records a second', ...rates.map((callsPerS) => String(Math.round(callsPerS * RECORDS))), '', ''));
}

type Cost = Awaited<ReturnType<typeof costOf>>;
