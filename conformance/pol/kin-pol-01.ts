/** KIN-POL-01: a policy is kept as it was put. */
import { isDeepStrictEqual } from 'node:util';
import { attempt, answerOf } from '../attempt.ts';
import { arnOf, eventually } from '../patience.ts';
import { Unobservable } from '../context.ts';
import { broken, holds, statement } from '../statement.ts';
import { allowing } from './policy.ts';

export const kinPol01 = statement({
  id: 'KIN-POL-01',
  level: 'MUST',
  profile: 'extended',
  evidence: ['recorded'],
  sentence:
    'GetResourcePolicy gives {} for a stream without a policy, the policy that was put as the same JSON, and {} again once it was deleted.',
  source: 'GetResourcePolicy, PutResourcePolicy, DeleteResourcePolicy',
  fault: 'pol.default-null',
  needs: [],
  uses: { streams: [1], shared: [] },
  exercises: { 'policies read': 4 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const ResourceARN = await arnOf(context, stream);
    // Of the account itself: AWS takes no principal that does not exist.
    const account = ResourceARN.split(':')[4] ?? '';
    const policy = (...actions: string[]) => allowing(ResourceARN, account, actions);
    const [first, second] = [policy('kinesis:PutRecord'), policy('kinesis:PutRecord', 'kinesis:PutRecords')];
    const put = (Policy: string) => context.send('PutResourcePolicy', { ResourceARN, Policy });
    const steps: [string, (() => Promise<void>) | undefined, string][] = [
      ['for a new stream', undefined, '{}'],
      ['after PutResourcePolicy', () => put(first), first],
      ['after PutResourcePolicy of another one', () => put(second), second],
      ['after DeleteResourcePolicy', () => context.send('DeleteResourcePolicy', { ResourceARN }), '{}'],
    ];
    for (const [when, change, due] of steps) {
      await change?.();
      const outcome = await eventually(
        context,
        () => attempt(context, 'GetResourcePolicy', { ResourceARN }),
        (seen) => !change || (seen.kind === 'ok' && isSame(seen.output.Policy, due)),
      );
      if (outcome.kind !== 'ok') {
        const came = `GetResourcePolicy ${when} was answered with ${answerOf(outcome)}`;
        // What it says instead of an empty policy; anything else says that there are no policies at all.
        if (due === '{}' && outcome.code === 'ResourceNotFoundException') return broken(`${came}, where AWS gives {}`);
        throw new Unobservable(came);
      }
      context.count('policies read');
      const { Policy } = outcome.output;
      if (!isSame(Policy, due))
        return broken(`GetResourcePolicy ${when} gave ${JSON.stringify(Policy)}, where ${due} is due`);
    }
    return holds('the policy was {}, then as it was put, then {}');
  },
});

/** Whether an answer is the same JSON. */
function isSame(text: unknown, due: string): boolean {
  try {
    return typeof text === 'string' && isDeepStrictEqual(JSON.parse(text), JSON.parse(due));
  } catch {
    return false;
  }
}
