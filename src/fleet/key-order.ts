/**
 * Order that was promised: a record acknowledged before another of the same key was sent must have the smaller sequence
 * number in one shard, or stand in a shard that the other's came of by splits and merges. A table of fixed size remembers, by
 * key, the last acknowledged put; where two keys meet in one slot the newer takes it, so a check may be missed but none is
 * ever false. Where two shards are concerned only their lineage can tell, which is known at the end of a run.
 */
import { compareSequenceNumbers } from '../protocol/sequence-number.ts';

const SLOTS = 4096;

export interface Placed {
  readonly key: number;
  readonly shardId: string;
  readonly sequenceNumber: string;
}

export class KeyOrder {
  readonly #slots: (Placed | undefined)[] = Array.from({ length: SLOTS });

  /** To be asked as a record is sent: the put of its key that it must come after. */
  before(key: number): Placed | undefined {
    const placed = this.#slots[key % SLOTS];
    return placed?.key === key ? placed : undefined;
  }

  /**
   * To be told when a record was placed: whether it stands after what was there when it was sent, before it, in another shard
   * than it, or whether nothing was promised. What is chained must have the greater sequence number in another shard, too.
   */
  place(before: Placed | undefined, placed: Placed, chained = false): 'kept' | 'broken' | 'crossed' | 'unpromised' {
    const slot = this.#slots[placed.key % SLOTS];
    const newest = slot?.key === placed.key && slot.shardId === placed.shardId;
    if (!newest || compareSequenceNumbers(placed.sequenceNumber, slot.sequenceNumber) > 0)
      this.#slots[placed.key % SLOTS] = placed;
    if (!before) return 'unpromised';
    if (before.shardId !== placed.shardId && !chained) return 'crossed';
    return compareSequenceNumbers(placed.sequenceNumber, before.sequenceNumber) > 0 ? 'kept' : 'broken';
  }
}
