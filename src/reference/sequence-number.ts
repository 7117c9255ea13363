/**
 * Sequence numbers in the layout that AWS's own have been decoded to (version 2, 47 hex digits, 56 decimal ones):
 * `2` | shard creation, s (9) | low nibble of the shard index (1) | index in the shard (16) | `00` | put time, s (9) |
 * shard index (8) | `2`. The index leads the time, so numbers of one shard rise in the order of storing whatever the clock
 * does. Clients may not rely on any of this; here it serves to say which shard a number belongs to.
 */

/** What a sequence number encodes. */
export interface SequenceParts {
  readonly shardIndex: number;
  /** Position in the shard: 0 is the shard's StartingSequenceNumber, records begin at 1. */
  readonly index: number;
  readonly createdS: number;
  readonly putS: number;
}

/** The index of a closing EndingSequenceNumber (observed): a number that nothing in the shard exceeds. */
const INDEX_MAX = 0x7fffffffffffffffn;

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** Makes the numbers of one shard. The parts that change once a second are kept, so a number costs one addition. */
export class SequenceNumbers {
  readonly #shardIndex: number;
  readonly #createdS: number;
  #putS = -1;
  #base = 0n;

  constructor(shardIndex: number, createdS: number) {
    this.#shardIndex = shardIndex;
    this.#createdS = createdS;
  }

  /** The number of the record at `index`, put at `putS` (seconds since the epoch). */
  at(index: number, putS: number): string {
    if (putS !== this.#putS) {
      const nibble = (this.#shardIndex % 16).toString(16);
      const tail = `${hex(putS, 9)}${hex(this.#shardIndex, 8)}2`;
      this.#base = BigInt(`0x2${hex(this.#createdS, 9)}${nibble}${'0'.repeat(16)}00${tail}`);
      this.#putS = putS;
    }
    return (this.#base + (BigInt(index) << 80n)).toString();
  }

  /** The shard's StartingSequenceNumber. */
  starting(): string {
    return this.at(0, this.#createdS);
  }
}

/** Takes a number apart; undefined when it is not in the layout. */
export function parseSequenceNumber(text: string): SequenceParts | undefined {
  if (text.length !== 56) return undefined;
  const digits = BigInt(text).toString(16);
  if (digits.length !== 47 || digits[0] !== '2' || digits[46] !== '2' || digits.slice(27, 29) !== '00')
    return undefined;
  const index = BigInt(`0x${digits.slice(11, 27)}`);
  if (index > INDEX_MAX) return undefined;
  const shardIndex = Number.parseInt(digits.slice(38, 46), 16);
  if (shardIndex % 16 !== Number.parseInt(digits[10]!, 16)) return undefined;
  return {
    shardIndex,
    index: Number(index),
    createdS: Number.parseInt(digits.slice(1, 10), 16),
    putS: Number.parseInt(digits.slice(29, 38), 16),
  };
}
