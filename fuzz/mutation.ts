/** Bytes and texts as a faulty client, or a line that is not clean, would make them of others. */
import type { Random } from '../src/random.ts';
import { bytesOf, pick } from './value.ts';

/** What a decoder reads lengths and kinds from. */
const telling = [0x00, 0x1b, 0x1f, 0x3b, 0x41, 0x5b, 0x5f, 0x7b, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc1, 0xf6, 0xfb, 0xff];

type Change = (bytes: Buffer, random: Random, others: readonly Buffer[]) => Buffer;

/** Two places in the bytes, in order. */
function span(bytes: Buffer, random: Random): [number, number] {
  const a = random.below(bytes.length + 1);
  const b = random.below(bytes.length + 1);
  return a < b ? [a, b] : [b, a];
}

const changes: readonly Change[] = [
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[random.below(copy.length)]! ^= 1 << random.below(8);
    return copy;
  },
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[random.below(copy.length)] = pick(random, telling);
    return copy;
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => bytes.subarray(random.below(bytes.length + 1)),
  (bytes, random) => Buffer.concat([bytes, bytesOf(random, 8)]),
  (bytes, random) => {
    const [from, to] = span(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, random) => {
    const [from, to] = span(bytes, random);
    const piece = bytes.subarray(from, Math.min(to, from + 200));
    const times = Array.from({ length: 1 + random.below(30) }, () => piece);
    return Buffer.concat([bytes.subarray(0, to), ...times, bytes.subarray(to)]);
  },
  (bytes, random, others) => {
    const other = others.length > 0 ? pick(random, others) : bytes;
    const at = random.below(bytes.length + 1);
    const [from, to] = span(other, random);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(from, to), bytes.subarray(at)]);
  },
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), bytesOf(random, 12), bytes.subarray(at)]);
  },
];

/** Other bytes: one to three changes away. `others` lend pieces. */
export function mutate(bytes: Buffer, random: Random, others: readonly Buffer[] = []): Buffer {
  let changed = bytes;
  for (let turn = 0; turn <= random.below(3); turn += 1) changed = pick(random, changes)(changed, random, others);
  return changed;
}

/** Another text of much the same kind. */
export function mutateText(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  switch (random.below(5)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + pick(random, ['A', '0', '=', '/', ':', '\0', 'é', ' ']) + text.slice(at + 1);
    case 2:
      return text + text;
    case 3:
      return text.slice(at) + text.slice(0, at);
    default:
      return text.toUpperCase() === text ? text.toLowerCase() : text.toUpperCase();
  }
}
