/** The keys of AWS KMS as the reference knows them: any key is there and enabled, unless it was set up otherwise. */
import type { ErrorName } from '../protocol/errors.ts';
import type { StreamFaults } from './faults.ts';
import { Refusal } from './refusal.ts';

/** What keeps a key from being used. */
export const keyStates = [
  'enabled',
  'disabled',
  'pending-deletion',
  'missing',
  'denied',
  'throttled',
  'no-opt-in',
] as const;
export type KeyState = (typeof keyStates)[number];

const refusals: Readonly<Record<Exclude<KeyState, 'enabled'>, readonly [ErrorName, string]>> = {
  disabled: ['KMSDisabledException', 'is disabled'],
  'pending-deletion': ['KMSInvalidStateException', 'is pending deletion'],
  missing: ['KMSNotFoundException', 'is not found'],
  denied: ['KMSAccessDeniedException', 'may not be used by the caller'],
  throttled: ['KMSThrottlingException', 'is used too often'],
  'no-opt-in': ['KMSOptInRequired', 'needs a subscription to the service'],
};

/** What keeps keys from being used, now. */
export class EncryptionKeys {
  readonly #first: Readonly<Record<string, KeyState>>;
  readonly #states: Map<string, KeyState>;

  /** Keys by the id that requests name. */
  constructor(states: Readonly<Record<string, KeyState>>) {
    this.#first = states;
    this.#states = new Map(Object.entries(states));
  }

  /** The keys that cannot be used. */
  states(): Record<string, KeyState> {
    return Object.fromEntries(this.#states);
  }

  /** Changes the state of a key: whoever uses it next finds it so. */
  set(keyId: string, state: KeyState): void {
    if (state === 'enabled') this.#states.delete(keyId);
    else this.#states.set(keyId, state);
  }

  /** Brings back what it began with. */
  reset(): void {
    this.#states.clear();
    for (const [keyId, state] of Object.entries(this.#first)) this.set(keyId, state);
  }

  /** The refusal of what needs a key that cannot be used (texts assumed). */
  refuse(keyId: string | undefined, faults: StreamFaults): Refusal | undefined {
    const state = keyId === undefined ? 'enabled' : (this.#states.get(keyId) ?? 'enabled');
    if (state === 'enabled' || faults.fires('enc.key-state-ignored')) return undefined;
    const [name, text] = refusals[state];
    return new Refusal(name, `The key ${keyId} ${text}.`);
  }
}
