/**
 * `npm run bench`: speed as ratios against a peer in the same run, since machines differ and drift. The embedded reference
 * against kinesalite, driven by autocannon in a closed loop with a constant request, in turn and three times; the median of the
 * ratios is the figure. Limits and latency of the reference are off here: what is compared is what a call costs.
 */
import autocannon from 'autocannon';
import { systemClock } from '../src/clock.ts';
import type { OperationName } from '../src/protocol/operations.ts';
import { loadTarget } from '../src/target/load.ts';
import { startTarget } from '../src/target/start.ts';
import type { RunningTarget } from '../src/target/target.ts';
import { createClient } from '../src/wire/client.ts';

const ROUNDS = 3;
const SECONDS = 3;
const STREAM = 'bench';
const data = Buffer.alloc(1024, 7).toString('base64');

const loads: readonly {
  readonly name: string;
  readonly operation: OperationName;
  readonly body: unknown;
  readonly records: number;
}[] = [
  {
    name: 'PutRecord 1 KiB',
    operation: 'PutRecord',
    body: { StreamName: STREAM, Data: data, PartitionKey: 'k' },
    records: 1,
  },
  {
    name: 'PutRecords 500 × 1 KiB',
    operation: 'PutRecords',
    body: { StreamName: STREAM, Records: Array.from({ length: 500 }, () => ({ Data: data, PartitionKey: 'k' })) },
    records: 500,
  },
];

async function prepare(target: RunningTarget): Promise<void> {
  const client = createClient(target.kinesis, systemClock);
  await client.call('CreateStream', { StreamName: STREAM, ShardCount: 1 });
  for (;;) {
    const outcome = await client.call('DescribeStream', { StreamName: STREAM });
    if (outcome.kind === 'ok' && outcome.output.StreamDescription.StreamStatus === 'ACTIVE') break;
  }
  client.close();
}

/** Records a second that were accepted. */
async function drive(target: RunningTarget, load: (typeof loads)[number]): Promise<number> {
  const { '2xx': accepted, duration } = await autocannon({
    url: target.kinesis.url,
    method: 'POST',
    connections: 16,
    duration: SECONDS,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `Kinesis_20131202.${load.operation}`,
      'x-amz-date': '20261123T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=a/20261123/us-east-1/kinesis/aws4_request, SignedHeaders=host;x-amz-date, Signature=0',
    },
    body: JSON.stringify(load.body),
  });
  return (accepted * load.records) / duration;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const spec = loadTarget('embedded');
if (spec.kind !== 'embedded') throw new Error('the preset `embedded` is not embedded');
await using ours = await startTarget({ ...spec, limits: 'off', latency: 'none' });
await using theirs = await startTarget(loadTarget('kinesalite'));
await prepare(ours);
await prepare(theirs);
console.log(`load${' '.repeat(22)}reference records/s   kinesalite records/s   ratio (median of ${ROUNDS})`);
for (const load of loads) {
  const rounds: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push({ ours: await drive(ours, load), theirs: await drive(theirs, load) });
  const figures = [median(rounds.map((round) => round.ours)), median(rounds.map((round) => round.theirs))].map((rate) =>
    String(Math.round(rate)).padStart(20),
  );
  const ratio = median(rounds.map((round) => round.ours / round.theirs));
  console.log(`${load.name.padEnd(24)} ${figures.join('   ')}   ${ratio.toFixed(1)}`);
}
