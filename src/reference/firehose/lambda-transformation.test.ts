/** Records through a function: what it gets, what its answers lead to, and what becomes of a batch that it does not answer. */
import { describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../../clock.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';
import type { DestinationObject } from './destination.ts';
import { localLambda, type LambdaEvent, type LambdaHandler, type LambdaResultRecord } from './lambda.ts';
import { lambdaProcessor, processed } from './processing-faults.test-data.ts';

const DeliveryStreamName = 'd';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const plain = (data: string) => Buffer.from(data, 'base64').toString();
const text = ({ body }: DestinationObject) => Buffer.from(body).toString();

interface Setting {
  readonly endpoint: VirtualEndpoint;
  readonly events: LambdaEvent[];
}

/** A delivery stream through a function, and the events that the function got. */
async function through(handler: LambdaHandler, parameters: Record<string, string> = {}): Promise<Setting> {
  const events: LambdaEvent[] = [];
  const f: LambdaHandler = (event) => {
    events.push(event);
    return handler(event);
  };
  const endpoint = virtualEndpoint({ lambda: localLambda({ f }) });
  await endpoint.firehose.create(DeliveryStreamName, processed(lambdaProcessor('f', parameters)));
  return { endpoint, events };
}

async function put({ firehose }: VirtualEndpoint, ...texts: string[]): Promise<void> {
  const Records = texts.map((each) => ({ Data: base64(each) }));
  await firehose.must('PutRecordBatch', { DeliveryStreamName, Records });
}

const each =
  (result: (data: string) => Omit<LambdaResultRecord, 'recordId'>): LambdaHandler =>
  ({ records }) => ({ records: records.map(({ recordId, data }) => ({ recordId, ...result(plain(data)) })) });
const upper = each((data) => ({ result: 'Ok', data: base64(data.toUpperCase()) }));

/** What was delivered under a prefix, as text. */
const under = ({ held }: VirtualEndpoint, prefix: string) =>
  held.objects.filter(({ key }) => key.startsWith(prefix)).map(text);
const errorsOf = (endpoint: VirtualEndpoint): Record<string, unknown>[] =>
  under(endpoint, 'processing-failed/').flatMap((lines) =>
    lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );

describe('a function', () => {
  test('gets the document of AWS, and what it answers is delivered in order', async () => {
    const { endpoint, events } = await through(upper);
    await put(endpoint, 'a', '', 'ü');
    const arrived = endpoint.clock.now();
    await endpoint.clock.advance(62 * NS_PER_S);
    const record = (number: number, data: string) => ({
      recordId: String(number).padStart(56, '0'),
      approximateArrivalTimestamp: arrived,
      data: base64(data),
    });
    expect(events).toEqual([
      {
        invocationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        deliveryStreamArn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/d',
        region: 'us-east-1',
        records: [record(1, 'a'), record(2, ''), record(3, 'ü')],
      },
    ]);
    expect(endpoint.held.objects.map(text)).toEqual(['AÜ']);
  });

  test('is invoked when its buffer is as old or as large as its processor says', async () => {
    const { endpoint, events } = await through(upper, { BufferIntervalInSeconds: '10', BufferSizeInMBs: '0.2' });
    await put(endpoint, 'a');
    await endpoint.clock.advance(10 * NS_PER_S - 1);
    expect(events).toEqual([]);
    await endpoint.clock.advance(1);
    expect(events).toHaveLength(1);
    await put(endpoint, 'b', 'x'.repeat(210_000), 'c');
    await endpoint.clock.advance(0);
    expect(events.map(({ records }) => records.length)).toEqual([1, 2]);
  });

  test('never gets more than 6 MB, however small the records', async () => {
    const { endpoint, events } = await through(upper, { BufferSizeInMBs: '3', BufferIntervalInSeconds: '900' });
    for (let call = 0; call < 90; call += 1) await put(endpoint, ...Array.from({ length: 500 }, () => ''));
    await endpoint.clock.advance(900 * NS_PER_S);
    expect(events.length).toBe(2);
    for (const event of events) expect(JSON.stringify(event).length).toBeLessThan(6 * 1_048_576);
  });

  test('of a stream that is deleted gets what is buffered, and its answer is delivered', async () => {
    const { endpoint } = await through(upper, { BufferIntervalInSeconds: '900' });
    await put(endpoint, 'a');
    await endpoint.firehose.must('DeleteDeliveryStream', { DeliveryStreamName });
    await endpoint.clock.advance(NS_PER_S);
    expect(endpoint.held.objects.map(text)).toEqual(['A']);
    expect(endpoint.endpoint.memory.bytes).toBe(0);
    expect(endpoint.clock.sleeping).toBe(0);
  });

  test('that is switched off gets no more, and what it had goes on', async () => {
    const { endpoint, events } = await through(upper, { BufferIntervalInSeconds: '900' });
    await put(endpoint, 'a');
    await endpoint.firehose.must('UpdateDestination', {
      DeliveryStreamName,
      CurrentDeliveryStreamVersionId: '1',
      DestinationId: 'destinationId-000000000001',
      ExtendedS3DestinationUpdate: { ProcessingConfiguration: { Enabled: false } },
    });
    await endpoint.clock.advance(0);
    await put(endpoint, 'b');
    await endpoint.clock.advance(60 * NS_PER_S);
    expect(events).toHaveLength(1);
    expect(endpoint.held.objects.map(text)).toEqual(['Ab']);
  });

  test('counts what waits for it as memory, until a reset', async () => {
    const { endpoint } = await through(upper, { BufferIntervalInSeconds: '900' });
    await put(endpoint, 'abc');
    expect(endpoint.endpoint.memory.bytes).toBeGreaterThanOrEqual(3);
    endpoint.endpoint.reset();
    expect(endpoint.endpoint.memory.bytes).toBe(0);
    expect(endpoint.clock.sleeping).toBe(0);
  });
});

describe('an answer', () => {
  test('Ok is delivered, Dropped is not, ProcessingFailed is an error record', async () => {
    const { endpoint } = await through(
      each((data) => {
        if (data === 'drop') return { result: 'Dropped' };
        return data === 'fail'
          ? { result: 'ProcessingFailed', data: base64('other') }
          : { result: 'Ok', data: base64(data) };
      }),
    );
    const arrivalTimestamp = endpoint.clock.now();
    await put(endpoint, 'a', 'drop', 'fail', 'b');
    await endpoint.clock.advance(62 * NS_PER_S);
    expect(under(endpoint, '2026/')).toEqual(['ab']);
    expect(endpoint.held.objects.find(({ key }) => key.startsWith('p'))!.key).toMatch(
      /^processing-failed\/2026\/01\/01\/00\/d-1-2026-01-01-00-00-00-/,
    );
    expect(errorsOf(endpoint)).toEqual([
      {
        attemptsMade: 1,
        arrivalTimestamp,
        errorCode: 'Lambda.ProcessingFailedStatus',
        errorMessage: 'ProcessingFailed status set for record',
        attemptEndingTimestamp: arrivalTimestamp + 1000,
        rawData: base64('fail'),
        lambdaARN: 'arn:aws:lambda:us-east-1:000000000000:function:f',
      },
    ]);
  });

  test.each([
    [{ Prefix: 'lake/' }, /^lake\/processing-failed\/2026\/01\/01\/00\/d-/],
    [{ Prefix: 'lake/', ErrorOutputPrefix: 'bad/' }, /^bad\/processing-failed\/2026\/01\/01\/00\/d-/],
    [{ ErrorOutputPrefix: '!{firehose:error-output-type}.' }, /^processing-failed\.d-/],
  ])('ProcessingFailed stands under the error prefix of %j', async (prefixes, key) => {
    const { endpoint } = await through(each(() => ({ result: 'ProcessingFailed' })));
    await endpoint.firehose.must('UpdateDestination', {
      DeliveryStreamName,
      CurrentDeliveryStreamVersionId: '1',
      DestinationId: 'destinationId-000000000001',
      ExtendedS3DestinationUpdate: prefixes,
    });
    await put(endpoint, 'a');
    await endpoint.clock.advance(62 * NS_PER_S);
    expect(endpoint.held.objects.map((object) => object.key)).toEqual([expect.stringMatching(key)]);
  });

  test('without a record, with one twice or with another id fails that record alone', async () => {
    const { endpoint } = await through(({ records: [a, b, c, d] }) => ({
      records: [
        { ...a!, result: 'Ok' },
        { ...b!, result: 'Ok' },
        { ...b!, result: 'Ok' },
        { ...c!, recordId: 'unknown', result: 'Ok' },
        { ...d!, result: 'Ok', data: '*' },
      ],
    }));
    await put(endpoint, 'a', 'b', 'c', 'd');
    await endpoint.clock.advance(62 * NS_PER_S);
    expect(under(endpoint, '2026/')).toEqual(['a']);
    expect(errorsOf(endpoint).map(({ errorCode, rawData }) => [errorCode, plain(String(rawData))])).toEqual([
      ['Lambda.DuplicatedRecordId', 'b'],
      ['Lambda.MissingRecordId', 'c'],
      ['Lambda.FunctionError', 'd'],
    ]);
  });

  test('Ok without data, or with null for them, fails that record alone', async () => {
    const { endpoint } = await through(
      each((data) => ({ result: 'Ok', ...(data !== 'none' && { data: data === 'null' ? null : base64(data) }) })),
    );
    await put(endpoint, 'none', 'null', 'a');
    await endpoint.clock.advance(62 * NS_PER_S);
    expect(under(endpoint, '2026/')).toEqual(['a']);
    expect(errorsOf(endpoint).map(({ errorCode }) => errorCode)).toEqual([
      'Lambda.FunctionError',
      'Lambda.FunctionError',
    ]);
  });

  test('may be as large as a document may be, and its data must be base64 to the end', async () => {
    const { endpoint } = await through(
      each((data) => ({ result: 'Ok', data: data === 'large' ? 'AQEB'.repeat(1_460_000) : data })),
      { NumberOfRetries: '0' },
    );
    await put(endpoint, 'large');
    await endpoint.clock.advance(62 * NS_PER_S);
    expect(endpoint.held.objects.map(({ body }) => body.length)).toEqual([4_380_000]);
    await put(endpoint, 'YQ==', 'YWI=', 'YQ=', 'Y===', 'YQ==YQ==', 'Y-I=', '====');
    await endpoint.clock.advance(62 * NS_PER_S);
    expect(under(endpoint, '2026/').slice(1)).toEqual(['aab']);
    expect(errorsOf(endpoint)).toHaveLength(5);
  });

  test.each([['ok'], [['Dropped']], [{ toString: 1 }], [null], [1]])(
    'with the result %j fails the batch',
    async (result) => {
      const answer = ({ records }: LambdaEvent) =>
        JSON.stringify({ records: records.map(({ recordId, data }) => ({ recordId, result, data })) });
      const endpoint = virtualEndpoint({ lambda: { invoke: async (_arn, payload) => answer(JSON.parse(payload)) } });
      await endpoint.firehose.create(DeliveryStreamName, processed(lambdaProcessor('f')));
      await put(endpoint, 'a');
      await endpoint.clock.advance(62 * NS_PER_S);
      expect(errorsOf(endpoint)).toMatchObject([{ errorCode: 'Lambda.JsonProcessingException' }]);
    },
  );

  test('in another order is put in that of the records', async () => {
    const { endpoint } = await through((event) => {
      const { records } = JSON.parse(JSON.stringify(event)) as { records: LambdaEvent['records'][number][] };
      return { records: records.toReversed().map((record) => ({ ...record, result: 'Ok' as const })) };
    });
    await put(endpoint, 'a', 'b');
    await endpoint.clock.advance(62 * NS_PER_S);
    expect(under(endpoint, '2026/')).toEqual(['ab']);
  });

  test.each([
    ['no JSON of records', () => ({}) as never],
    ['a result that is none', each(() => ({ result: 'Fine' as 'Ok' }))],
  ])('that is %s fails the batch at once', async (_what, handler) => {
    const { endpoint, events } = await through(handler);
    await put(endpoint, 'a', 'b');
    await endpoint.clock.advance(62 * NS_PER_S);
    expect(events).toHaveLength(1);
    expect(errorsOf(endpoint).map(({ errorCode, attemptsMade }) => [errorCode, attemptsMade])).toEqual([
      ['Lambda.JsonProcessingException', 1],
      ['Lambda.JsonProcessingException', 1],
    ]);
  });
});

describe('an invocation that fails', () => {
  test('is tried three more times, each with an id of its own, and then all its records have failed', async () => {
    const { endpoint, events } = await through(() => {
      throw new Error('no');
    });
    await put(endpoint, 'a', 'b');
    await endpoint.clock.advance((1 + 7) * NS_PER_S - 1);
    expect(events).toHaveLength(3);
    await endpoint.clock.advance(61 * NS_PER_S);
    expect(events).toHaveLength(4);
    expect(new Set(events.map(({ invocationId }) => invocationId)).size).toBe(4);
    expect(new Set(events.map(({ records }) => JSON.stringify(records))).size).toBe(1);
    const failed = {
      attemptsMade: 4,
      errorCode: 'Lambda.FunctionError',
      errorMessage: expect.stringMatching(/result\. no$/),
    };
    expect(errorsOf(endpoint)).toMatchObject([
      { ...failed, rawData: base64('a') },
      { ...failed, rawData: base64('b') },
    ]);
    expect(under(endpoint, '2026/')).toEqual([]);
  });

  test('and then does not loses nothing', async () => {
    let calls = 0;
    const { endpoint } = await through((event) => {
      calls += 1;
      if (calls < 4) throw new Error('no');
      return upper(event);
    });
    await put(endpoint, 'a');
    await endpoint.clock.advance(70 * NS_PER_S);
    expect(endpoint.held.objects.map(text)).toEqual(['A']);
  });

  test('is not tried again where the processor says so', async () => {
    const { endpoint, events } = await through(
      () => {
        throw new Error('no');
      },
      { NumberOfRetries: '0' },
    );
    await put(endpoint, 'a');
    await endpoint.clock.advance(70 * NS_PER_S);
    expect(events).toHaveLength(1);
    expect(errorsOf(endpoint)).toMatchObject([{ attemptsMade: 1 }]);
  });

  test('is given up after five minutes', async () => {
    const { endpoint, events } = await through(() => new Promise(() => {}), { NumberOfRetries: '1' });
    await put(endpoint, 'a');
    await endpoint.clock.advance((1 + 300) * NS_PER_S + 999 * NS_PER_MS);
    expect(events).toHaveLength(1);
    await endpoint.clock.advance(NS_PER_MS);
    expect(events).toHaveLength(2);
    await endpoint.clock.advance(360 * NS_PER_S);
    expect(errorsOf(endpoint)).toMatchObject([{ attemptsMade: 2, errorCode: 'Lambda.FunctionTimedOut' }]);
  });

  test('because nobody has such a function says so', async () => {
    const endpoint = virtualEndpoint();
    const processors = processed(lambdaProcessor('g', { NumberOfRetries: '0' }));
    await endpoint.firehose.create(DeliveryStreamName, processors);
    await put(endpoint, 'a');
    await endpoint.clock.advance(70 * NS_PER_S);
    expect(errorsOf(endpoint)).toMatchObject([
      { errorCode: 'Lambda.ResourceNotFound', errorMessage: 'The reference knows no Lambda function g.' },
    ]);
  });
});

describe('a Lambda processor', () => {
  const create = (endpoint: VirtualEndpoint, ...processors: object[]) =>
    endpoint.firehose.call('CreateDeliveryStream', {
      DeliveryStreamName,
      ExtendedS3DestinationConfiguration: {
        RoleARN: 'arn:aws:iam::000000000000:role/firehose',
        BucketARN: 'arn:aws:s3:::lake',
        ...processed(...processors),
      },
    });

  test('is described with its five parameters', async () => {
    const endpoint = virtualEndpoint();
    await endpoint.firehose.create(DeliveryStreamName, processed(lambdaProcessor('f')));
    const { DeliveryStreamDescription } = await endpoint.firehose.must('DescribeDeliveryStream', {
      DeliveryStreamName,
    });
    const [destination] = DeliveryStreamDescription.Destinations;
    const { Processors } = destination!.ExtendedS3DestinationDescription!.ProcessingConfiguration!;
    expect(
      Processors![0]!.Parameters!.map(({ ParameterName, ParameterValue }) => [ParameterName, ParameterValue]),
    ).toEqual([
      ['LambdaArn', 'arn:aws:lambda:us-east-1:000000000000:function:f'],
      ['NumberOfRetries', '3'],
      ['RoleArn', 'arn:aws:iam::000000000000:role/firehose'],
      ['BufferSizeInMBs', '1'],
      ['BufferIntervalInSeconds', '1'],
    ]);
  });

  test.each([
    ['without a function', [{ Type: 'Lambda' }], /LambdaArn is required/],
    ['with another ARN', [lambdaProcessor('f', { LambdaArn: 'arn:aws:s3:::lake' })], /is not the ARN of a function/],
    ['with too small a buffer', [lambdaProcessor('f', { BufferSizeInMBs: '0.1' })], /BufferSizeInMBs 0.1 .* 0.2 to 3/],
    ['with a large buffer', [lambdaProcessor('f', { BufferSizeInMBs: '3.1' })], /BufferSizeInMBs 3.1/],
    ['with half a second', [lambdaProcessor('f', { BufferIntervalInSeconds: '0.5' })], /not a whole number/],
    ['with no number of tries', [lambdaProcessor('f', { NumberOfRetries: 'x' })], /NumberOfRetries x/],
    ['beside another', [lambdaProcessor('f'), lambdaProcessor('g')], /Only one Lambda processor/],
  ])('%s is refused', async (_what, processors, message) => {
    expect(await create(virtualEndpoint(), ...processors)).toMatchObject({
      ok: false,
      name: 'InvalidArgumentException',
      message: expect.stringMatching(message),
    });
  });
});
