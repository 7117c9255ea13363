/**
 * KIN-EFO-02: a stream has 20 consumers and no more. LimitExceededException says three things here (too many calls a second, too
 * many consumers CREATING at once, too many consumers), so a refusal counts only when it stays while none is CREATING. Takes
 * longer than other checks: five registrations a second are allowed, and five removals.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { CONSUMERS_MAX } from '../../src/protocol/limits.ts';
import type { Outcome } from '../../src/wire/outcome.ts';
import { answerOf, isMissing, isRate } from '../attempt.ts';
import { type Context, Unobservable } from '../context.ts';
import { type FanOut, withFanOut } from '../fan-out.ts';
import { renewed } from '../passing-time.ts';
import { broken, holds, loose, statement } from '../statement.ts';

/** So often a registration is refused while none is CREATING until it is the limit that refuses it. */
const REFUSALS = 3;

export const kinEfo02 = statement({
  id: 'KIN-EFO-02',
  level: 'MUST',
  profile: 'quotas',
  evidence: ['model'],
  sentence:
    'A stream takes 20 registered consumers (50 where the account has On-demand Advantage), and refuses one more with LimitExceededException.',
  source: 'RegisterStreamConsumer (20 consumers, 50 by account tier)',
  fault: 'efo.no-limit',
  needs: ['fan-out'],
  lane: 'slow',
  uses: { streams: [1], shared: [], seconds: 20, consumers: 20 },
  exercises: { 'consumers registered': CONSUMERS_MAX, 'consumers beyond the limit': 1 },
  check: async (checking) => {
    const stream = await checking.stream(1, 'fresh');
    // Five at a time are CREATING, and that may last: the time that the stream took is not taken from theirs.
    const context = renewed(checking);
    return withFanOut(context, stream, async (fan) => {
      let registered = 0;
      let refusal: string | undefined;
      while (registered <= CONSUMERS_MAX && refusal === undefined) {
        refusal = await registerOne(context, fan);
        if (refusal === undefined) registered += 1;
      }
      const within = Math.min(registered, CONSUMERS_MAX);
      context.count('consumers registered', within);
      if (within === CONSUMERS_MAX) context.count('consumers beyond the limit');
      if (refusal !== undefined) {
        const said = `with ${registered} consumers registered and none CREATING, one more was refused ${REFUSALS} times: ${refusal}`;
        return registered === CONSUMERS_MAX ? holds(said) : broken(`${said}; AWS documents ${CONSUMERS_MAX}`);
      }
      const said = `${registered} consumers were registered with one stream`;
      const settings = await context.client.call('DescribeAccountSettings', {});
      if (isUnknown(settings))
        return loose(`${said}; whether the limit of the account is 50 could not be asked: ${answerOf(settings)}`);
      return settings.kind === 'ok' && JSON.stringify(settings.output).includes('"ENABLED')
        ? loose(`${said}, in an account with a minimum throughput billing commitment, whose limit is 50`)
        : broken(`${said}; AWS documents LimitExceededException beyond ${CONSUMERS_MAX}`);
    });
  },
});

/** Whether nothing was learned of an account; who does not have the operation has no account with a higher limit. */
function isUnknown(outcome: Outcome<unknown>): boolean {
  if (outcome.kind !== 'error') return outcome.kind !== 'ok';
  const { code, status } = outcome;
  return code === 'AccessDeniedException' || isRate(code) || (status > 499 && !isMissing(code));
}

/** Registers one more consumer, or says how it is refused for good. */
async function registerOne(context: Context, fan: FanOut): Promise<string | undefined> {
  const { clock, deadlineNs } = context;
  const name = fan.name();
  for (let refusals = 0; ;) {
    const outcome = await fan.register(name);
    if (outcome.kind === 'ok') return undefined;
    const said = outcome.kind === 'error' ? `${outcome.status} ${outcome.code} ${outcome.message}` : outcome.kind;
    if (outcome.kind !== 'error' || !isRate(outcome.code)) {
      throw new Unobservable(`RegisterStreamConsumer was answered with ${said}`);
    }
    if (clock.monotonicNs() > deadlineNs) throw new Unobservable(`RegisterStreamConsumer is still refused: ${said}`);
    if (!(await isCreating(context, fan))) refusals += 1;
    if (refusals === REFUSALS) return said;
    // Longer than what a rate per second forbids.
    await sleepFor(clock, NS_PER_S * 1.1);
  }
}

/** Whether a consumer of the stream is CREATING. */
async function isCreating({ send }: Context, { streamArn }: FanOut): Promise<boolean> {
  const { Consumers } = await send('ListStreamConsumers', { StreamARN: streamArn });
  if (!Array.isArray(Consumers)) throw new Unobservable('ListStreamConsumers gave no list');
  return Consumers.some(
    (consumer: unknown) => (Object(consumer) as Record<string, unknown>)['ConsumerStatus'] === 'CREATING',
  );
}
