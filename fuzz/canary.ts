/**
 * A stream that nobody but its keeper touches: it is written to all along, and must read the same from its oldest record at
 * any time, whatever happens around it.
 */
import assert from 'node:assert/strict';
import { NS_PER_S, type VirtualClock } from '../src/clock.ts';
import type { Input, OperationName, Output } from '../src/protocol/operations.ts';
import type { Random } from '../src/random.ts';
import { handleWhole, type Endpoint } from '../src/reference/endpoint.ts';
import { requestOf, valueOf, type Caller } from './client.ts';
import { bytesOf } from './value.ts';

/** Part of its name, which the fuzz never uses again. */
export const CANARY = 'canary';

interface Kept {
  readonly SequenceNumber: string;
  readonly Data: string;
  readonly PartitionKey: string;
}

/** Calls until a limit lets one through. */
const TRIES_MAX = 60;

/** One canary. Whatever is not as it should be is thrown. */
export class Canary {
  readonly #endpoint: Endpoint;
  readonly #clock: VirtualClock;
  readonly #keeper: Caller;
  readonly #name: string;
  readonly #kept: Kept[] = [];

  constructor(endpoint: Endpoint, clock: VirtualClock, keeper: Caller) {
    this.#endpoint = endpoint;
    this.#clock = clock;
    this.#keeper = keeper;
    this.#name = `${CANARY}-${keeper.accountId}`;
  }

  /** Makes the stream. */
  async begin(): Promise<void> {
    await this.#call('CreateStream', { StreamName: this.#name, ShardCount: 1 });
    await this.#clock.advance(NS_PER_S);
    await this.#call('IncreaseStreamRetentionPeriod', { StreamName: this.#name, RetentionPeriodHours: 8760 });
    await this.#clock.advance(NS_PER_S);
  }

  /** Puts a record. */
  async sing(random: Random): Promise<void> {
    const PartitionKey = `key-${random.below(100)}`;
    const Data = bytesOf(random, 200).toString('base64');
    const { SequenceNumber } = await this.#call('PutRecord', { StreamName: this.#name, PartitionKey, Data });
    this.#kept.push({ SequenceNumber, Data, PartitionKey });
  }

  /** Reads everything there is: it must be what was put, in that order. */
  async listen(): Promise<void> {
    const from = {
      StreamName: this.#name,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    } as const;
    const { ShardIterator } = await this.#call('GetShardIterator', from);
    const { Records } = await this.#call('GetRecords', { ShardIterator: ShardIterator! });
    const read = Records.map(({ SequenceNumber, Data, PartitionKey }) => ({ SequenceNumber, Data, PartitionKey }));
    assert.deepEqual(read, this.#kept, `${this.#name} reads otherwise than it was put`);
  }

  async #call<O extends OperationName>(operation: O, input: Input<O>): Promise<Output<O>> {
    const body = Buffer.from(JSON.stringify(input));
    for (let tries = 1; ; tries += 1) {
      const request = requestOf(this.#keeper, this.#clock.now(), operation, 'json', body);
      const answer = await this.#clock.runUntilSettled(handleWhole(this.#endpoint, request));
      if (answer.status === 200) return valueOf('json', answer.body) as Output<O>;
      const said = Buffer.from(answer.body).toString();
      const limited = /ThroughputExceeded|LimitExceeded/.test(said) && tries < TRIES_MAX;
      assert.ok(limited, `${this.#name}, ${operation}: ${said}`);
      await this.#clock.advance(NS_PER_S);
    }
  }
}
