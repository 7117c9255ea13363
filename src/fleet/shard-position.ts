/**
 * Where a polling consumer stands in one shard: its iterator, the last record it read, and the checkpoint it would begin from
 * again if it died now.
 */
import type { Clock } from '../clock.ts';
import type { GetShardIteratorInput } from '../protocol/operations.ts';
import type { PollingFleet } from '../scenario/plan.ts';
import type { Child } from './lineage.ts';
import { timestampOf } from './timed-start.ts';
import type { Timeline } from './timeline.ts';

type Place = Pick<GetShardIteratorInput, 'ShardIteratorType' | 'StartingSequenceNumber' | 'Timestamp'>;

export class ShardPosition {
  readonly shardId: string;
  /** Where reading begins: children begin at their beginning, whatever the fleet says. */
  readonly from: PollingFleet['from'];
  iterator: string | null = null;
  /** When the poll before was sent, in this life. */
  lastPollNs: number | undefined;
  /** Of the agent, when the iterator was asked for. */
  life: number;
  /** Whether it was read to its end, and the children that the last answer named. */
  ended = false;
  children: readonly Child[] | undefined;
  #lastSequenceNumber: string | undefined;
  #checkpoint: string | undefined;
  /** Since when no checkpoint was made, although records were read. */
  #openSinceNs: number | undefined;

  constructor(shardId: string, from: PollingFleet['from'], life: number) {
    this.shardId = shardId;
    this.from = from;
    this.life = life;
  }

  /** Records up to this one were read. */
  read(sequenceNumber: string, atNs: number, checkpointNs: number): void {
    this.#lastSequenceNumber = sequenceNumber;
    this.#openSinceNs ??= atNs;
    if (atNs - this.#openSinceNs < checkpointNs) return;
    this.#checkpoint = sequenceNumber;
    this.#openSinceNs = atNs;
  }

  /** A new process: it knows the checkpoint, and nothing of what was read after it. */
  revive(life: number): void {
    this.life = life;
    this.lastPollNs = undefined;
    this.#lastSequenceNumber = this.#checkpoint;
    this.#openSinceNs = undefined;
  }

  /** What to ask an iterator for: after the last record read, or where the fleet begins. */
  place(clock: Clock, timeline: Timeline): Place {
    if (this.#lastSequenceNumber !== undefined)
      return { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: this.#lastSequenceNumber };
    if (typeof this.from !== 'object') return { ShardIteratorType: this.from };
    return { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: timestampOf(this.from, clock, timeline) };
  }
}
