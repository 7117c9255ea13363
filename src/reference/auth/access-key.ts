/**
 * The keys that an endpoint knows, where it verifies signatures. They are the operator's, not AWS's: an account is whatever
 * number the operator writes beside a key. Nothing here ever names a secret in a message.
 */
import { OperatorError } from '../../operator-error.ts';

/** A key that requests may be signed with. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Twelve digits; the account of the endpoint by default. */
  readonly accountId?: string;
  /** Temporary keys have one, and every request must then carry it. */
  readonly sessionToken?: string;
  /** When a temporary key ends, in ms since the epoch; never by default. */
  readonly expiresMs?: number;
}

/** The one key that is known where none is given. */
const KEY_DEFAULT: AccessKey = { accessKeyId: 'kinebench', secretAccessKey: 'kinebench' };

/** Keys by id. Throws an OperatorError for one that no request could name, or that is given twice. */
export function keyring(keys: readonly AccessKey[] = [KEY_DEFAULT]): ReadonlyMap<string, AccessKey> {
  const ring = new Map<string, AccessKey>();
  for (const key of keys) {
    const fault = faultOf(key) ?? (ring.has(key.accessKeyId) ? 'is given twice' : undefined);
    if (fault) {
      throw new OperatorError(`the access key "${key.accessKeyId}" ${fault}`, {
        code: 'access-key-invalid',
        hint: 'A key is an id of letters, digits and _ + = . -, a secret, and if need be an account of twelve digits.',
      });
    }
    ring.set(key.accessKeyId, key);
  }
  return ring;
}

function faultOf({ accessKeyId, secretAccessKey, accountId }: AccessKey): string | undefined {
  if (!/^[\w+=.-]+$/.test(accessKeyId)) return 'has an id that no Authorization header can carry';
  if (secretAccessKey === '') return 'has no secret';
  if (accountId !== undefined && !isAccountId(accountId)) return 'has an account that is not twelve digits';
  return undefined;
}

/** Whether a text is the number of an account. */
export function isAccountId(text: string): boolean {
  return /^\d{12}$/.test(text);
}
