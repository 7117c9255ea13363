/**
 * The endpoint on a virtual clock, called in process with typed inputs: what tests and simulations of the reference drive.
 * Days of retention pass in milliseconds, and a limit can be held against an exact number.
 */
import assert from 'node:assert/strict';
import { NS_PER_MS, VirtualClock } from '../clock.ts';
import {
  FIREHOSE_TARGET_PREFIX,
  type FirehoseInput,
  type FirehoseOperation,
  type FirehoseOutput,
  type ExtendedS3Configuration,
} from '../protocol/firehose/operations.ts';
import { KINESIS_TARGET_PREFIX, type Input, type OperationName, type Output } from '../protocol/operations.ts';
import { Random } from '../random.ts';
import { createEndpoint, type Endpoint, type EndpointOptions, type EndpointResponse } from './endpoint.ts';
import { Faults } from './faults.ts';
import { HeldObjects } from './firehose/destination.ts';
import { VirtualSubscription } from './virtual-subscription.ts';

/** What came back: the value, or the error with its body. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly name: string; readonly message: string; readonly body: Record<string, unknown> };

/** How requests are sent. */
export interface VirtualCaller {
  /** Sends a request; the outcome whatever it is. With modelled latency someone must move the clock. */
  readonly call: <O extends OperationName>(operation: O, input: Input<O>) => Promise<Outcome<Output<O>>>;
  /** Sends a request that must succeed. */
  readonly must: <O extends OperationName>(operation: O, input: Input<O>) => Promise<Output<O>>;
}

/** The same for Data Firehose. */
export interface VirtualFirehose {
  readonly call: <O extends FirehoseOperation>(
    operation: O,
    input: FirehoseInput<O>,
  ) => Promise<Outcome<FirehoseOutput<O>>>;
  readonly must: <O extends FirehoseOperation>(operation: O, input: FirehoseInput<O>) => Promise<FirehoseOutput<O>>;
  /** An active delivery stream to S3 from Direct PUT, with what is said of its destination. */
  readonly create: (name: string, destination?: Partial<ExtendedS3Configuration>) => Promise<void>;
}

/** An endpoint and the hand on its clock; the caller is of its own account and region. */
export interface VirtualEndpoint extends VirtualCaller {
  readonly endpoint: Endpoint;
  readonly clock: VirtualClock;
  readonly faults: Faults;
  readonly firehose: VirtualFirehose;
  /** What was delivered, unless another destination was given. */
  readonly held: HeldObjects;
  /** Another caller: of an account (twelve digits), in a region. */
  readonly as: (accountId: string, region?: string) => VirtualCaller;
  /** Subscribes to a shard: a reader that takes all that comes, unless it is `slow`; or the error. */
  readonly subscribe: (
    input: Input<'SubscribeToShard'>,
    options?: { readonly slow?: boolean },
  ) => Promise<Outcome<VirtualSubscription>>;
  /** An active consumer of a stream: its ARN. */
  readonly consumer: (streamName: string, name: string) => Promise<string>;
  /** An active stream with the given number of shards. */
  readonly stream: (name: string, shardCount: number) => Promise<void>;
}

/** A fresh endpoint; without limits and latency unless asked for. */
export function virtualEndpoint(
  options: Omit<EndpointOptions, 'clock' | 'random' | 'faults'> & {
    readonly faults?: string[];
    readonly seed?: number;
  } = {},
): VirtualEndpoint {
  const { faults: names, seed, ...rest } = options;
  const clock = new VirtualClock();
  const faults = new Faults(names);
  const held = new HeldObjects(Number.POSITIVE_INFINITY);
  const endpoint = createEndpoint({
    limits: 'off',
    incarnation: 1,
    destination: held,
    ...rest,
    clock,
    faults,
    random: new Random(seed ?? 1),
  });
  const encoder = new TextEncoder();

  async function send(target: string, input: object, credential = 'any'): Promise<EndpointResponse> {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      'x-amz-date': '20260101T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
    };
    const body = encoder.encode(JSON.stringify(input));
    return endpoint.handle({ method: 'POST', path: '/', headers, body });
  }

  const { call, must } = callerOf(send);

  async function subscribe(
    input: Input<'SubscribeToShard'>,
    { slow = false } = {},
  ): Promise<Outcome<VirtualSubscription>> {
    const { body } = await send(`${KINESIS_TARGET_PREFIX}.SubscribeToShard`, input);
    if (typeof body !== 'function') return failure(body);
    const subscription = new VirtualSubscription(body, clock);
    return { ok: true, value: slow ? subscription : subscription.flow() };
  }

  return {
    endpoint,
    clock,
    faults,
    held,
    firehose: firehoseOf(send, clock, options.createDeliveryStreamMs ?? 500),
    call,
    must,
    as: (accountId, region = endpoint.region) => callerOf(send, `${accountId}/20260101/${region}/kinesis/aws4_request`),
    subscribe,
    async consumer(streamName, name) {
      const described = must('DescribeStreamSummary', { StreamName: streamName });
      const { StreamARN } = (await clock.runUntilSettled(described)).StreamDescriptionSummary;
      const registered = must('RegisterStreamConsumer', { StreamARN, ConsumerName: name });
      const { Consumer } = await clock.runUntilSettled(registered);
      await clock.advance((options.createConsumerMs ?? 500) * NS_PER_MS);
      return Consumer.ConsumerARN;
    },
    async stream(name, shardCount) {
      await clock.runUntilSettled(must('CreateStream', { StreamName: name, ShardCount: shardCount }));
      await clock.advance((options.createStreamMs ?? 500) * NS_PER_MS);
    },
  };
}

type Send = (target: string, input: object, credential?: string) => Promise<EndpointResponse>;

function callerOf(send: Send, credential?: string): VirtualCaller {
  const call: VirtualCaller['call'] = async (operation, input) =>
    outcomeOf(await send(`${KINESIS_TARGET_PREFIX}.${operation}`, input, credential));
  return { call, must: async (operation, input) => valueOf(operation, await call(operation, input)) };
}

function firehoseOf(send: Send, clock: VirtualClock, createMs: number): VirtualFirehose {
  const call: VirtualFirehose['call'] = async (operation, input) =>
    outcomeOf(await send(`${FIREHOSE_TARGET_PREFIX}.${operation}`, input));
  const must: VirtualFirehose['must'] = async (operation, input) => valueOf(operation, await call(operation, input));
  return {
    call,
    must,
    async create(name, destination) {
      const ExtendedS3DestinationConfiguration = {
        RoleARN: 'arn:aws:iam::000000000000:role/firehose',
        BucketARN: 'arn:aws:s3:::lake',
        ...destination,
      };
      const made = must('CreateDeliveryStream', { DeliveryStreamName: name, ExtendedS3DestinationConfiguration });
      await clock.runUntilSettled(made);
      await clock.advance(createMs * NS_PER_MS);
    },
  };
}

function outcomeOf<T>({ status, body }: EndpointResponse): Outcome<T> {
  assert(typeof body !== 'function', 'the answer is a stream');
  if (status !== 200) return failure(body);
  const text = Buffer.from(body).toString();
  return { ok: true, value: text === '' ? undefined : JSON.parse(text) };
}

function valueOf<T>(operation: string, outcome: Outcome<T>): T {
  assert(outcome.ok, `${operation}: ${outcome.ok ? '' : `${outcome.name}: ${outcome.message}`}`);
  return outcome.value;
}

function failure(body: Uint8Array): Outcome<never> {
  const error: Record<string, unknown> = JSON.parse(Buffer.from(body).toString());
  return {
    ok: false,
    name: String(error['__type']),
    message: String(error['message'] ?? error['Message']),
    body: error,
  };
}
