/**
 * Sequence numbers in the layout that AWS's own have been decoded to (version 2, 47 hex digits, 56 decimal ones):
 * `2` | shard creation, s (9) | low nibble of the shard index (1) | index in the shard (16) | `00` | put time, s (9) |
 * shard index (8) | `2`. The index leads the time, so numbers of one shard rise in the order of storing whatever the clock
 * does. Clients may not rely on any of this; here it serves to say which shard a number belongs to.
 *
 * A read makes 10,000 of them, so they are made without BigInt: a number is eight limbs of seven decimal digits, the limbs
 * of its parts are added as doubles (exact: every sum stays below 2^51), and only limbs that changed are written again.
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
/** The digits of every number: the leading `2` fixes their count. */
const DIGITS = 56;
const LIMB_DIGITS = 7;
const LIMBS = DIGITS / LIMB_DIGITS;
const LIMB = 10 ** LIMB_DIGITS;

/** 2^exponent in limbs, the least significant first. */
function power(exponent: number): readonly number[] {
  const value = 1n << BigInt(exponent);
  return Array.from({ length: LIMBS }, (_, limb) => Number((value / BigInt(LIMB) ** BigInt(limb)) % BigInt(LIMB)));
}

/** A part of the layout, cut in two so that a product with a limb stays exact: its low bits, and what is above them. */
interface Part {
  readonly bits: number;
  readonly low: readonly number[];
  readonly high: readonly number[];
}

function part(exponent: number, bits: number): Part {
  return { bits: 2 ** bits, low: power(exponent), high: power(exponent + bits) };
}

const versionPart = part(0, 24);
const shardPart = part(4, 24);
const putPart = part(36, 24);
const indexPart = part(80, 26);
const nibblePart = part(144, 4);
const createdPart = part(148, 24);
const leadPart = part(184, 2);

function add(limbs: number[], { bits, low, high }: Part, value: number): void {
  const above = Math.floor(value / bits);
  const below = value - above * bits;
  for (let limb = 0; limb < LIMBS; limb += 1) limbs[limb]! += below * low[limb]! + above * high[limb]!;
}

function carry(limbs: number[]): void {
  let over = 0;
  for (let limb = 0; limb < LIMBS; limb += 1) {
    const sum = limbs[limb]! + over;
    over = Math.floor(sum / LIMB);
    limbs[limb] = sum - over * LIMB;
  }
}

/** The digits of the number made last, and its limbs, so that the next one writes only what differs. */
const digits = Buffer.alloc(DIGITS);
const written = new Int32Array(LIMBS).fill(-1);

function write(limb: number, value: number): void {
  written[limb] = value;
  let rest = value;
  const first = DIGITS - LIMB_DIGITS * (limb + 1);
  for (let at = first + LIMB_DIGITS - 1; at >= first; at -= 1) {
    const tenth = (rest / 10) | 0;
    digits[at] = 48 + rest - tenth * 10;
    rest = tenth;
  }
}

/** Makes the numbers of one shard. The parts that change once a second at the most are kept. */
export class SequenceNumbers {
  readonly #shardIndex: number;
  readonly #createdS: number;
  #putS = -1;
  #limbs: readonly number[] = [];

  constructor(shardIndex: number, createdS: number) {
    this.#shardIndex = shardIndex;
    this.#createdS = createdS;
  }

  /**
   * The digits of the number of the record at `index` (below 2^52), put at `putS` (seconds since the epoch). They are
   * overwritten by the next number of any shard.
   */
  digits(index: number, putS: number): Buffer {
    if (putS !== this.#putS) this.#limbs = this.#limbsAt(putS);
    const limbs = this.#limbs;
    const above = Math.floor(index / indexPart.bits);
    const below = index - above * indexPart.bits;
    let over = 0;
    for (let limb = 0; limb < LIMBS; limb += 1) {
      const sum = limbs[limb]! + below * indexPart.low[limb]! + above * indexPart.high[limb]! + over;
      over = Math.floor(sum / LIMB);
      const value = sum - over * LIMB;
      if (written[limb] !== value) write(limb, value);
    }
    return digits;
  }

  /** The number of the record at `index`, put at `putS` (seconds since the epoch). */
  at(index: number, putS: number): string {
    return this.digits(index, putS).toString('latin1');
  }

  /** The shard's StartingSequenceNumber. */
  starting(): string {
    return this.at(0, this.#createdS);
  }

  /** The EndingSequenceNumber of the shard, closed at `closedS` (layout observed): nothing in it exceeds it. */
  ending(closedS: number): string {
    const hex = (value: number | bigint, count: number) => value.toString(16).padStart(count, '0');
    const parts = [hex(this.#createdS, 9), hex(this.#shardIndex % 16, 1), hex(INDEX_MAX, 16), '00', hex(closedS, 9)];
    return String(BigInt(`0x2${parts.join('')}${hex(this.#shardIndex, 8)}2`));
  }

  #limbsAt(putS: number): number[] {
    this.#putS = putS;
    const limbs = Array<number>(LIMBS).fill(0);
    add(limbs, leadPart, 2);
    add(limbs, createdPart, this.#createdS);
    add(limbs, nibblePart, this.#shardIndex % 16);
    add(limbs, putPart, putS);
    add(limbs, shardPart, this.#shardIndex);
    add(limbs, versionPart, 2);
    carry(limbs);
    return limbs;
  }
}

/** Takes a number apart; undefined when it is not in the layout. */
export function parseSequenceNumber(text: string): SequenceParts | undefined {
  if (text.length !== DIGITS) return undefined;
  const hex = BigInt(text).toString(16);
  if (hex.length !== 47 || hex[0] !== '2' || hex[46] !== '2' || hex.slice(27, 29) !== '00') return undefined;
  const index = BigInt(`0x${hex.slice(11, 27)}`);
  if (index > INDEX_MAX) return undefined;
  const shardIndex = Number.parseInt(hex.slice(38, 46), 16);
  if (shardIndex % 16 !== Number.parseInt(hex[10]!, 16)) return undefined;
  return {
    shardIndex,
    index: Number(index),
    createdS: Number.parseInt(hex.slice(1, 10), 16),
    putS: Number.parseInt(hex.slice(29, 38), 16),
  };
}
