/** A scenario for each fault of settings, tags, policies and names, in which it shows. */
import { NS_PER_S } from '../clock.ts';
import type { Input, OperationName } from '../protocol/operations.ts';
import { handleWhole } from './endpoint.ts';
import { fill, iteratorOf, read, S, type Scenario } from './fault-scenario.test-data.ts';
import type { VirtualEndpoint } from './virtual-endpoint.ts';

const StreamARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${S}`;
const stranger = '111111111111';

const said =
  <O extends OperationName>(operation: O, input: Input<O>): Scenario =>
  async ({ call }) => {
    const answer = await call(operation, input);
    return answer.ok ? 'accepted' : answer.name;
  };

const whole: Scenario = async (endpoint) => read(endpoint, await iteratorOf(endpoint, 'TRIM_HORIZON'));

const record = { StreamName: S, Data: 'AAAA', PartitionKey: 'k', ExplicitHashKey: '0' };
const key = { StreamName: S, EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' } as const;

async function change<O extends OperationName>({ must, clock }: VirtualEndpoint, operation: O, input: Input<O>) {
  await must(operation, input);
  await clock.advance(NS_PER_S);
}

/** Any request, by any caller, and the whole answer. */
async function raw({ endpoint }: VirtualEndpoint, target: string, input: object, caller = 'any') {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `Kinesis_20131202.${target}`,
    'x-amz-date': '20260101T000000Z',
    authorization: `AWS4-HMAC-SHA256 Credential=${caller}, SignedHeaders=host, Signature=0`,
  };
  const body = Buffer.from(JSON.stringify(input));
  const answer = await handleWhole(endpoint, { method: 'POST', path: '/', headers, body });
  return { status: answer.status, body: Buffer.from(answer.body).toString() };
}

/** The records of before a change, read after it. */
const survives =
  <O extends OperationName>(operation: O, input: Input<O>): Scenario =>
  async (endpoint) => {
    await fill(endpoint);
    await change(endpoint, operation, input);
    return whole(endpoint);
  };

const scope = `${stranger}/20260101/us-east-1/kinesis/aws4_request`;

export const settingFaults = {
  'api.arn-ignored': said('DescribeStreamSummary', { StreamARN }),
  'api.dryrun-writes': async (endpoint) => {
    await endpoint.call('PutRecord', { ...record, DryRun: true });
    return whole(endpoint);
  },
  'api.missing-stream-autocreate': async ({ call, must }) => {
    await call('PutRecord', { ...record, StreamName: 'none' });
    return (await must('ListStreams', {})).StreamNames;
  },
  'api.type-missing': (endpoint) => raw(endpoint, 'DescribeStream', { StreamName: 'none' }),
  'api.unknown-op-200': (endpoint) => raw(endpoint, 'DoWhatIMean', {}),
  'enc.flag-missing': async (endpoint) => {
    await change(endpoint, 'StartStreamEncryption', key);
    return (await endpoint.must('PutRecord', record)).EncryptionType;
  },
  'enc.key-state-ignored': said('StartStreamEncryption', { ...key, KeyId: 'disabled' }),
  'enc.old-unreadable': survives('StartStreamEncryption', key),
  'imm.ack-before-fsync': async (endpoint) => {
    await fill(endpoint, 3);
    await endpoint.clock.advance(NS_PER_S);
    await fill(endpoint, 2);
    endpoint.endpoint.restart();
    return whole(endpoint);
  },
  'imm.reencrypt-corrupts': survives('StartStreamEncryption', key),
  'life.delete-keeps-log': async (endpoint) => {
    await fill(endpoint, 3);
    await change(endpoint, 'DeleteStream', { StreamName: S });
    await endpoint.stream(S, 4);
    return whole(endpoint);
  },
  'lr.no-bucket': async (endpoint) => {
    await change(endpoint, 'UpdateMaxRecordSize', { StreamARN, MaxRecordSizeInKiB: 10_240 });
    const Data = Buffer.alloc(7_000_000).toString('base64');
    const answers = [
      await endpoint.call('PutRecord', { ...record, Data }),
      await endpoint.call('PutRecord', { ...record, Data }),
    ];
    return answers.map(({ ok }) => ok);
  },
  'lr.range': said('UpdateMaxRecordSize', { StreamARN, MaxRecordSizeInKiB: 1023 }),
  'lr.truncate-1mib': async (endpoint) => {
    await change(endpoint, 'UpdateMaxRecordSize', { StreamARN, MaxRecordSizeInKiB: 2048 });
    await endpoint.must('PutRecord', { ...record, Data: Buffer.alloc(1_500_000).toString('base64') });
    const [stored] = await read(endpoint, await iteratorOf(endpoint, 'TRIM_HORIZON'));
    return stored!.Data.length;
  },
  'od.switch-truncates': survives('UpdateStreamMode', { StreamARN, StreamModeDetails: { StreamMode: 'ON_DEMAND' } }),
  'od.warm-any': said('UpdateStreamWarmThroughput', { StreamName: S, WarmThroughputMiBps: 10 }),
  'part.auto-accepted': said('UpdateStreamRecordDistributionStrategy', {
    StreamARN,
    RecordDistributionStrategy: 'AUTO',
  }),
  'pol.default-null': async ({ must }) => must('GetResourcePolicy', { ResourceARN: StreamARN }),
  'pol.not-enforced': (endpoint) => raw(endpoint, 'DescribeStreamSummary', { StreamARN }, scope),
  'sec.crash-on-deep': async ({ endpoint }) => {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Kinesis_20131202.ListStreams' };
    const body = Buffer.alloc(20_000, '[');
    return (await handleWhole(endpoint, { method: 'POST', path: '/', headers, body })).status;
  },
  'sec.iter-forge': async (endpoint) => {
    const ShardIterator = await iteratorOf(endpoint, 'TRIM_HORIZON');
    return (await raw(endpoint, 'GetRecords', { ShardIterator }, scope)).status;
  },
  'tag.append-only': async (endpoint) => {
    await endpoint.must('AddTagsToStream', { StreamName: S, Tags: { a: '1' } });
    await endpoint.must('RemoveTagsFromStream', { StreamName: S, TagKeys: ['a'] });
    return endpoint.must('ListTagsForStream', { StreamName: S });
  },
  'tag.two-stores': async (endpoint) => {
    await endpoint.must('TagResource', { ResourceARN: StreamARN, Tags: { a: '1' } });
    return endpoint.must('ListTagsForStream', { StreamName: S });
  },
} satisfies Record<string, Scenario>;
