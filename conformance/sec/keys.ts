/** Keys that no endpoint gave to anybody. */
import type { Random } from '../../src/random.ts';
import type { Credentials } from '../../src/target/target.ts';

/** The same key with one bit of its secret turned over. */
export function nearMiss(credentials: Credentials): Credentials {
  const { secretAccessKey } = credentials;
  const last = secretAccessKey.charCodeAt(secretAccessKey.length - 1);
  return { ...credentials, secretAccessKey: `${secretAccessKey.slice(0, -1)}${String.fromCharCode(last ^ 1)}` };
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Keys in the form of AWS that belong to nobody. */
export function strangerKeys(random: Random): Credentials {
  const text = (length: number) => Array.from({ length }, () => DIGITS[random.below(DIGITS.length)]).join('');
  return { accessKeyId: `AKIA${text(16)}`, secretAccessKey: text(40) };
}
