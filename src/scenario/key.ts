/**
 * Partition keys: their distributions as written, and how many bytes they take. A producer numbers its keys from 0 and
 * writes them as `key-<number>`; a rate in bytes per second counts those bytes, as the service does.
 */
import type { KeyPlan } from './plan.ts';
import { isWord, nearest } from '../nearest.ts';
import { TextFault } from './text-fault.ts';
import { parseShare } from './units.ts';

/** Keys of a distribution that does not say how many. */
export const KEYS_DEFAULT = 1000;
/** More keys than this cannot be told apart by a count of records anyway, and weights are kept per key. */
export const KEYS_MAX = 1_000_000;

const forms = {
  uniform: 'uniform(1000)',
  'round-robin': 'round-robin(1000)',
  zipf: 'zipf(1.1) or zipf(1.1, 1000)',
  hot: 'hot(1%, 90%) or hot(1%, 90%, 1000)',
  shard: 'shard(0)',
} as const;
type Form = keyof typeof forms;
const formNames: readonly Form[] = ['uniform', 'round-robin', 'zipf', 'hot', 'shard'];

/** The key with this number, as it stands in the record. For `shard` the number is the shard's index. */
export function partitionKeyOf(number: number): string {
  return `key-${number}`;
}

/** How many of the keys are hot: at least one, and never all. */
export function hotKeyCount(key: { readonly keys: number; readonly keyShare: number }): number {
  return Math.min(key.keys - 1, Math.max(1, Math.round(key.keys * key.keyShare)));
}

/** Bytes of a partition key on average over the records of a fleet; 0 for keys from a file, which are counted with its rows. */
export function keyBytesMean(key: KeyPlan): number {
  switch (key.kind) {
    case 'uniform':
    case 'round-robin':
      return meanOf(0, key.keys);
    case 'hot': {
      const hotKeys = hotKeyCount(key);
      return key.trafficShare * meanOf(0, hotKeys) + (1 - key.trafficShare) * meanOf(hotKeys, key.keys);
    }
    case 'zipf': {
      let bytes = 0;
      let weights = 0;
      for (let number = 0; number < key.keys; number += 1) {
        const weight = (number + 1) ** -key.exponent;
        bytes += weight * partitionKeyOf(number).length;
        weights += weight;
      }
      return bytes / weights;
    }
    case 'shard':
      return partitionKeyOf(key.index).length;
    case 'field':
    default:
      return 0;
  }
}

/** Bytes of the longest partition key. */
export function keyBytesMax(key: KeyPlan): number {
  if (key.kind === 'field') return 0;
  return partitionKeyOf(key.kind === 'shard' ? key.index : key.keys - 1).length;
}

/** `uniform(1000)`, `round-robin(10)`, `zipf(1.1)`, `hot(1%, 90%)`, `shard(0)`. Throws TextFault. */
export function parseKey(text: string): KeyPlan {
  const call = /^([A-Za-z-]+)\s*\((.*)\)$/s.exec(text.trim());
  const name = call?.[1] ?? /^[A-Za-z-]*/.exec(text)![0];
  if (!isWord(name, formNames)) {
    const near = nearest(name, formNames);
    throw new TextFault(
      `"${text}" is not a distribution of keys`,
      near === undefined ? `write ${Object.values(forms).join(', ')}` : `did you mean ${forms[near]}?`,
    );
  }
  const form = forms[name];
  if (!call)
    throw new TextFault(`"${text}" has no arguments in parentheses`, `write ${form}; quote a comma inside { }`);
  const args = call[2]!.split(',').map((arg) => arg.trim());
  return readers[name](args, (what) => new TextFault(`"${text}": ${what}`, `write ${form}`));
}

type Fail = (what: string) => TextFault;

const readers: Record<Form, (args: readonly string[], fail: Fail) => KeyPlan> = {
  uniform: (args, fail) => ({ kind: 'uniform', keys: onlyKeys(args, fail) }),
  'round-robin': (args, fail) => ({ kind: 'round-robin', keys: onlyKeys(args, fail) }),
  zipf,
  hot,
  shard: (args, fail) => {
    if (args.length !== 1 || !/^\d{1,5}$/.test(args[0]!)) throw fail('one argument, the index of the shard');
    return { kind: 'shard', index: Number(args[0]) };
  },
};

function onlyKeys(args: readonly string[], fail: Fail): number {
  if (args.length !== 1) throw fail('one argument, the number of keys');
  return keysOf(args[0]!, fail);
}

function zipf(args: readonly string[], fail: Fail): KeyPlan {
  const exponent = Number(args[0]);
  if (args.length > 2 || args[0] === '' || !(exponent > 0 && exponent <= 10))
    throw fail('an exponent above 0 (10 at the most), then the number of keys');
  return { kind: 'zipf', exponent, keys: keysOf(args[1] ?? String(KEYS_DEFAULT), fail) };
}

function hot(args: readonly string[], fail: Fail): KeyPlan {
  if (args.length < 2 || args.length > 3) throw fail('two shares, of the keys and of the traffic');
  const keyShare = parseShare(args[0]!);
  const trafficShare = parseShare(args[1]!);
  if (!(keyShare > 0 && keyShare < 1 && trafficShare > 0 && trafficShare <= 1))
    throw fail('shares lie between 0% and 100%');
  if (trafficShare <= keyShare) throw fail('these keys would be colder than the rest');
  const keys = keysOf(args[2] ?? String(KEYS_DEFAULT), fail);
  if (keys < 2) throw fail('two keys at the least, a hot one and a cold one');
  return { kind: 'hot', keys, keyShare, trafficShare };
}

function keysOf(text: string, fail: Fail): number {
  const keys = Number(text);
  if (!/^\d+$/.test(text) || keys < 1 || keys > KEYS_MAX) throw fail(`1 to ${KEYS_MAX} keys`);
  return keys;
}

/** Mean length of `key-<number>` for numbers from `from` up to, not including, `to`. */
function meanOf(from: number, to: number): number {
  let digits = 0;
  for (let width = 1, low = 0, high = 10; low < to; width += 1, low = high, high *= 10) {
    digits += width * Math.max(0, Math.min(high, to) - Math.max(low, from));
  }
  return partitionKeyOf(0).length - 1 + digits / (to - from);
}
