/** Consumers that a check registers: they hold their stream, so they have to go before it. */
import { NS_PER_S } from '../../src/clock.ts';
import { type Context, Unobservable } from '../context.ts';
import { answerTo, isUnknownOperation, worded } from './asking.ts';
import { comesTrue } from './own-streams.ts';

/** How long a consumer may take to come or go, in ns. */
const CHANGE_NS = 60 * NS_PER_S;

/** Registers a consumer and waits until it is ACTIVE; gives its name, or undefined where the endpoint knows no consumers. */
export async function registered(context: Context, StreamARN: string, name: string): Promise<string | undefined> {
  const ref = { StreamARN, ConsumerName: name };
  const answer = await answerTo(context, 'RegisterStreamConsumer', ref);
  if (answer.kind === 'error') {
    if (isUnknownOperation(answer)) return undefined;
    throw new Unobservable(`RegisterStreamConsumer of ${name} was answered with ${worded(answer)}`);
  }
  const active = await comesTrue(context, CHANGE_NS, async () => {
    const described = await answerTo(context, 'DescribeStreamConsumer', ref);
    return described.kind === 'ok' && described.output.ConsumerDescription?.ConsumerStatus === 'ACTIVE';
  });
  if (active) return name;
  await withdrawn(context, StreamARN, name);
  throw new Unobservable(`consumer ${name} did not become ACTIVE`);
}

/** Takes a consumer away and waits until it is gone, as far as that works: the finding of a check does not hang on it. */
export async function withdrawn(context: Context, StreamARN: string, name: string): Promise<void> {
  const ref = { StreamARN, ConsumerName: name };
  await answerTo(context, 'DeregisterStreamConsumer', ref)
    .then(() =>
      comesTrue(
        context,
        CHANGE_NS,
        async () => (await answerTo(context, 'DescribeStreamConsumer', ref)).kind === 'error',
      ),
    )
    .catch(() => {});
}
