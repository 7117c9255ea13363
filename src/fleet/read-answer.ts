/** What the answer to a read means, in the words that consumers count by. */
import { isThrottle } from '../protocol/errors.ts';
import type { Answered, Outcome } from '../wire/outcome.ts';

type Unanswered = Exclude<Outcome<unknown>, Answered<unknown>>;

/** The wire name of an error, or `timeout`, or how the connection broke. */
export function codeOf(outcome: Unanswered): string {
  if (outcome.kind === 'error') return outcome.code;
  return outcome.kind === 'timeout' ? 'timeout' : `connection-${outcome.reason}`;
}

/** What was said with it. */
export function messageOf(outcome: Unanswered): string {
  return 'message' in outcome ? outcome.message : 'no answer in time';
}

/** Whether a consumer is told that it comes too soon after its last subscription, or too often (LimitExceeded: assumed for SubscribeToShard). */
export function isTooSoon(outcome: Unanswered): boolean {
  return outcome.kind === 'error' && (outcome.code === 'ResourceInUseException' || isThrottle(outcome.code));
}

/** What a call came to, for its latencies. */
export function whatOf(
  outcome: Unanswered | { readonly kind: 'ok' },
): 'accepted' | 'throttled' | 'failed' | 'timeout' | 'broken' {
  switch (outcome.kind) {
    case 'ok':
      return 'accepted';
    case 'error':
      return isThrottle(outcome.code) ? 'throttled' : 'failed';
    case 'timeout':
      return 'timeout';
    case 'connection':
      return 'broken';
  }
}
