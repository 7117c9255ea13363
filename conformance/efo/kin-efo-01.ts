/** KIN-EFO-01: a consumer has one name, comes to be ACTIVE, and is known by an ARN that says when it was registered. */
import { sleepFor } from '../../src/clock.ts';
import type { RegisterStreamConsumerOutput } from '../../src/protocol/operations.ts';
import type { Outcome } from '../../src/wire/outcome.ts';
import { isRate } from '../attempt.ts';
import { type Context, Unobservable } from '../context.ts';
import { type FanOut, withFanOut } from '../fan-out.ts';
import { type Finding, broken, holds, loose, statement, unobserved } from '../statement.ts';

/** Pause before a throttled call is made again, in ns. */
const THROTTLE_PAUSE_NS = 300_000_000;
/** The pattern of the service model. */
const ARN = /^arn:aws.*:kinesis:.*:\d{12}:stream\/[a-zA-Z0-9_.-]+\/consumer\/[a-zA-Z0-9_.-]+:\d+$/;

export const kinEfo01 = statement({
  id: 'KIN-EFO-01',
  level: 'MUST',
  profile: 'extended',
  evidence: ['model'],
  sentence:
    'A registered consumer is CREATING, then ACTIVE, with an ARN of stream, name and time; its name cannot be registered again (ResourceInUseException).',
  source: 'RegisterStreamConsumer; Consumer',
  fault: 'efo.dup-name',
  needs: ['fan-out'],
  uses: { consumers: 1 },
  exercises: { 'names registered again': 2, 'consumers ACTIVE': 1 },
  check: async (context) => {
    const stream = await context.stream(1);
    return withFanOut(context, stream, (fan) => judge(context, fan));
  },
});

async function judge(context: Context, fan: FanOut): Promise<Finding> {
  const name = fan.name();
  const first = await registration(context, fan, name);
  if (first.kind !== 'ok') return unobserved(`RegisterStreamConsumer of a new name was answered with ${saidBy(first)}`);
  const { ConsumerARN: arn, ConsumerStatus: begun } = Object(first.output.Consumer) as Record<string, unknown>;
  if (typeof arn !== 'string' || !ARN.test(arn) || !arn.startsWith(`${fan.streamArn}/consumer/${name}:`)) {
    return broken(
      `RegisterStreamConsumer of ${name} gave the ConsumerARN ${JSON.stringify(arn)}; AWS documents <stream ARN>/consumer/<name>:<seconds>`,
    );
  }
  const early = await again(context, fan, name, 'at once');
  if (early) return early;
  const { ConsumerStatus: status, ConsumerARN: described } = await fan.described(arn, 'ACTIVE');
  if (status !== 'ACTIVE') return unobserved(`consumer ${arn} is still ${status}, not ACTIVE`);
  context.count('consumers ACTIVE');
  const late = await again(context, fan, name, 'once it was ACTIVE');
  if (late) return late;
  if (described !== arn) return broken(`consumer ${arn} is described with the ARN ${JSON.stringify(described)}`);
  return begun === 'CREATING'
    ? holds(`${arn} was CREATING, then ACTIVE; its name was refused twice`)
    : loose(
        `RegisterStreamConsumer answered with ConsumerStatus ${JSON.stringify(begun)}; AWS documents CREATING first`,
      );
}

/** The finding when a name can be registered again. */
async function again(context: Context, fan: FanOut, name: string, when: string): Promise<Finding | undefined> {
  const second = await registration(context, fan, name);
  const said = `RegisterStreamConsumer of ${name} a second time, ${when}, was answered with ${saidBy(second)}`;
  if (second.kind === 'ok') return broken(`${said}; AWS documents ResourceInUseException`);
  if (second.kind !== 'error' || second.status >= 500) return unobserved(said);
  context.count('names registered again');
  return second.code === 'ResourceInUseException' ? undefined : broken(`${said}; AWS documents ResourceInUseException`);
}

/** One registration; throttles are waited out. */
async function registration(
  { clock, deadlineNs }: Context,
  fan: FanOut,
  name: string,
): Promise<Outcome<RegisterStreamConsumerOutput>> {
  for (;;) {
    const outcome = await fan.register(name);
    if (outcome.kind !== 'error' || !isRate(outcome.code)) return outcome;
    if (clock.monotonicNs() > deadlineNs) throw new Unobservable(`RegisterStreamConsumer is refused: ${outcome.code}`);
    await sleepFor(clock, THROTTLE_PAUSE_NS);
  }
}

function saidBy(outcome: Outcome<RegisterStreamConsumerOutput>): string {
  if (outcome.kind === 'ok') return `200 ${JSON.stringify(outcome.output).slice(0, 200)}`;
  return outcome.kind === 'error' ? `${outcome.status} ${outcome.code} ${outcome.message}` : outcome.kind;
}
