/**
 * Keys to sign with, from what a target file says. A key that is named by its environment variable is read once, when the
 * target starts, so that a missing one is told before anything runs.
 */
import { OperatorError } from '../operator-error.ts';
import type { KeysSpec } from './spec.ts';
import type { Credentials } from './target.ts';

/** The provider of a target's keys. Throws `credentials-missing` with every variable that is not set. */
export function credentialsOf(keys: KeysSpec, environment: NodeJS.ProcessEnv): () => Promise<Credentials> {
  const missing: string[] = [];
  const read = (literal: string | undefined, from: string | undefined) => {
    if (from === undefined) return literal ?? '';
    const value = environment[from];
    if (!value) missing.push(from);
    return value ?? '';
  };
  const credentials: Credentials = {
    accessKeyId: read(keys.accessKeyId, keys.accessKeyIdFrom),
    secretAccessKey: read(keys.secretAccessKey, keys.secretAccessKeyFrom),
    ...(keys.sessionTokenFrom === undefined ? {} : { sessionToken: read(undefined, keys.sessionTokenFrom) }),
  };
  if (missing.length > 0) {
    throw new OperatorError(`the target's keys are to come from ${missing.join(', ')}, which is not set`, {
      code: 'credentials-missing',
      hint: 'set the variables, or name others in the target file under `credentials`',
    });
  }
  return () => Promise.resolve(credentials);
}
