/** The keys of AWS KMS as the reference knows them: any key is there and enabled, unless it was set up otherwise. */
import type { ErrorName } from '../protocol/errors.ts';
import type { StreamFaults } from './faults.ts';
import { Refusal } from './refusal.ts';

/** What keeps a key from being used. */
export type KeyState = 'enabled' | 'disabled' | 'pending-deletion' | 'missing' | 'denied' | 'throttled' | 'no-opt-in';

const refusals: Readonly<Record<Exclude<KeyState, 'enabled'>, readonly [ErrorName, string]>> = {
  disabled: ['KMSDisabledException', 'is disabled'],
  'pending-deletion': ['KMSInvalidStateException', 'is pending deletion'],
  missing: ['KMSNotFoundException', 'is not found'],
  denied: ['KMSAccessDeniedException', 'may not be used by the caller'],
  throttled: ['KMSThrottlingException', 'is used too often'],
  'no-opt-in': ['KMSOptInRequired', 'needs a subscription to the service'],
};

/** The refusal of what needs a key that cannot be used (texts assumed). */
export function refuseKey(
  keyId: string | undefined,
  states: Readonly<Record<string, KeyState>>,
  faults: StreamFaults,
): Refusal | undefined {
  const state = keyId === undefined ? 'enabled' : (states[keyId] ?? 'enabled');
  if (state === 'enabled' || faults.fires('enc.key-state-ignored')) return undefined;
  const [name, text] = refusals[state];
  return new Refusal(name, `The key ${keyId} ${text}.`);
}
