/**
 * The endpoint on a virtual clock, called in process with typed inputs: what tests and simulations of the reference drive.
 * Days of retention pass in milliseconds, and a limit can be held against an exact number.
 */
import assert from 'node:assert/strict';
import { NS_PER_MS, VirtualClock } from '../clock.ts';
import { KINESIS_TARGET_PREFIX, type Input, type OperationName, type Output } from '../protocol/operations.ts';
import { Random } from '../random.ts';
import { createEndpoint, handleWhole, type Endpoint, type EndpointOptions } from './endpoint.ts';
import { Faults } from './faults.ts';

/** What came back: the value, or the error with its body. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly name: string; readonly message: string; readonly body: Record<string, unknown> };

/** An endpoint and the hand on its clock. */
export interface VirtualEndpoint {
  readonly endpoint: Endpoint;
  readonly clock: VirtualClock;
  readonly faults: Faults;
  /** Sends a request; the outcome whatever it is. With modelled latency someone must move the clock. */
  readonly call: <O extends OperationName>(operation: O, input: Input<O>) => Promise<Outcome<Output<O>>>;
  /** Sends a request that must succeed. */
  readonly must: <O extends OperationName>(operation: O, input: Input<O>) => Promise<Output<O>>;
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
  const endpoint = createEndpoint({ limits: 'off', ...rest, clock, faults, random: new Random(seed ?? 1) });
  const encoder = new TextEncoder();

  async function call<O extends OperationName>(operation: O, input: Input<O>): Promise<Outcome<Output<O>>> {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${KINESIS_TARGET_PREFIX}.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=any, SignedHeaders=host, Signature=0',
    };
    const body = encoder.encode(JSON.stringify(input));
    const answer = await handleWhole(endpoint, { method: 'POST', path: '/', headers, body });
    const text = Buffer.from(answer.body).toString();
    if (answer.status === 200) {
      const value: Output<O> = text === '' ? undefined : JSON.parse(text);
      return { ok: true, value };
    }
    const error: Record<string, unknown> = JSON.parse(text);
    return {
      ok: false,
      name: String(error['__type']),
      message: String(error['message'] ?? error['Message']),
      body: error,
    };
  }

  async function must<O extends OperationName>(operation: O, input: Input<O>): Promise<Output<O>> {
    const outcome = await call(operation, input);
    assert(outcome.ok, `${operation}: ${outcome.ok ? '' : `${outcome.name}: ${outcome.message}`}`);
    return outcome.value;
  }

  return {
    endpoint,
    clock,
    faults,
    call,
    must,
    async stream(name, shardCount) {
      await clock.runUntilSettled(must('CreateStream', { StreamName: name, ShardCount: shardCount }));
      await clock.advance((options.createStreamMs ?? 500) * NS_PER_MS);
    },
  };
}
