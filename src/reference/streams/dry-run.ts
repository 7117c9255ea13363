import { Refusal } from '../refusal.ts';

/** What a call with DryRun is answered when it would have succeeded (the text is assumed). */
export function dryRunSucceeded(): Refusal {
  return new Refusal('DryRunOperationException', 'Request would have succeeded, but the DryRun flag is set.');
}
