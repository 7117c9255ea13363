/**
 * An endpoint that takes puts as its behaviour says and notes what it did, request by request: who sent which record, when it was due
 * (by its tag), when it arrived and when it was answered, all on the clock that the agents use. Everything else a run asks of a
 * stream it answers at once.
 */
import { type Clock, sleepFor } from '../clock.ts';
import { readTag } from '../verify/record-tag.ts';
import type { Behaviour, StubOutcome } from './behaviour.ts';

/** One put as the stub saw it; times are monotonic ns. */
export interface LogEntry {
  readonly producer: number;
  readonly counter: number;
  readonly dueNs: number;
  readonly arrivedNs: number;
  readonly answeredNs: number;
  readonly outcome: StubOutcome;
}

export interface StubAnswer {
  readonly status: number;
  readonly body: string;
}

const SHARD = {
  ShardId: 'shardId-000000000000',
  HashKeyRange: { StartingHashKey: '0', EndingHashKey: String(2n ** 128n - 1n) },
  SequenceNumberRange: { StartingSequenceNumber: '0' },
};

export class Stub {
  readonly log: LogEntry[] = [];
  readonly #behaviour: Behaviour;
  readonly #clock: Clock;
  #calls = 0;

  constructor(behaviour: Behaviour, clock: Clock) {
    this.#behaviour = behaviour;
    this.#clock = clock;
  }

  /**
   * @param target the header that names the operation
   * @param read gives the body, and does not take it off the wire before it is called
   */
  async answer(target: string, read: () => Promise<Uint8Array>): Promise<StubAnswer> {
    const operation = target.split('.').at(-1);
    if (operation !== 'PutRecord') {
      await read();
      const description = { StreamStatus: 'ACTIVE', Shards: [SHARD], HasMoreShards: false };
      return {
        status: 200,
        body: operation === 'DescribeStream' ? JSON.stringify({ StreamDescription: description }) : '',
      };
    }
    const clock = this.#clock;
    const arrivedNs = clock.monotonicNs();
    const call = this.#calls++;
    const { readAfterNs, answerAtNs, outcome } = this.#behaviour(call, arrivedNs);
    if (readAfterNs > 0) await sleepFor(clock, readAfterNs);
    const { producer, counter, dueNs } = tagOf(await read());
    await clock.sleepUntil(answerAtNs);
    this.log.push({ producer, counter, dueNs, arrivedNs, answeredNs: clock.monotonicNs(), outcome });
    return answers[outcome](call);
  }
}

function tagOf(body: Uint8Array) {
  const { Data } = JSON.parse(Buffer.from(body).toString()) as { Data: string };
  const data = Buffer.from(Data, 'base64');
  const tag = readTag(data, data.toString('latin1', 4, 12));
  if (typeof tag === 'string') throw new Error(`a stub received a record that is ${tag}`);
  return tag;
}

const answers: Readonly<Record<StubOutcome, (call: number) => StubAnswer>> = {
  accepted: (call) => ({
    status: 200,
    body: JSON.stringify({ ShardId: SHARD.ShardId, SequenceNumber: String(1_000_000 + call) }),
  }),
  throttled: () => ({
    status: 400,
    body: JSON.stringify({ __type: 'ProvisionedThroughputExceededException', message: 'by the stub' }),
  }),
  failed: () => ({ status: 500, body: JSON.stringify({ __type: 'InternalFailure', message: 'by the stub' }) }),
};
