/** Calls whose refusal is what a check is about: throttles are waited out, chance is given other tries, and what comes then is a value. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import type { Input, OperationName } from '../../src/protocol/operations.ts';
import type { Answered, Outcome, Refused } from '../../src/wire/outcome.ts';
import type { Received, ReceivedEvent } from '../../src/wire/received.ts';
import { isSpoilt, mayPass } from '../attempt.ts';
import { type Context, Unobservable } from '../context.ts';

/** Pause before another try, in ns. */
const PAUSE_NS = NS_PER_S / 4;
/** How long a throttle is waited out, in ns: a limit that is no rate does not pass. */
const PATIENCE_NS = 6 * NS_PER_S;
/** How long an answer may take, in ns: there are requests that kinesis-local never answers. */
const ANSWER_NS = 6 * NS_PER_S;
/** How long the first message of a subscription may take, in ns. */
const FIRST_MESSAGE_NS = 6 * NS_PER_S;

/** What was answered; throws `Unobservable` where nothing was. */
export async function answerTo<O extends OperationName>(
  context: Context,
  operation: O,
  input: Input<O>,
): Promise<Answered<Received<O>> | Refused> {
  const { clock, client } = context;
  const untilNs = clock.monotonicNs() + PATIENCE_NS;
  for (let spoilt = 0; ;) {
    const outcome = await (operation === 'SubscribeToShard'
      ? beginning(context, input as Input<'SubscribeToShard'>)
      : client.call(operation, input, { timeoutNs: ANSWER_NS }));
    if (outcome.kind === 'timeout' || outcome.kind === 'connection') {
      throw new Unobservable(`${operation} ${shortened(input)} had no answer (${outcome.kind})`);
    }
    if (outcome.kind === 'error' && isSpoilt(outcome)) spoilt += 1;
    const isLast = clock.monotonicNs() > untilNs;
    if (outcome.kind === 'ok' || isLast || !mayPass(outcome, spoilt)) {
      return outcome as Answered<Received<O>> | Refused;
    }
    await sleepFor(clock, PAUSE_NS);
  }
}

/** How a subscription begins; an exception that is its first message is a refusal like another. It ends with that. */
async function beginning(
  { client, clock }: Context,
  input: Input<'SubscribeToShard'>,
): Promise<Outcome<ReceivedEvent | undefined>> {
  const end = new AbortController();
  const outcome = await client.subscribe(input, { signal: end.signal });
  if (outcome.kind !== 'ok') return outcome;
  const { sentNs, answeredNs } = outcome;
  // One that says nothing is as good as one that says it has begun.
  void sleepFor(clock, FIRST_MESSAGE_NS, end.signal).then(() => end.abort());
  try {
    for await (const said of outcome.messages) {
      if (said.kind !== 'exception') break;
      return { kind: 'error', code: said.code, message: said.message, status: 200, sentNs, answeredNs };
    }
  } finally {
    end.abort();
  }
  return { kind: 'ok', output: undefined, sentNs, answeredNs };
}

/** Whether the endpoint does not have the operation at all. */
export function isUnknownOperation({ code, status, message }: Refused): boolean {
  return (
    code === 'UnknownOperationException' ||
    [404, 405, 501].includes(status) ||
    message.includes('Unable to determine service/operation name')
  );
}

/** An answer in the words of a message: its status, error and the beginning of its text. */
export function worded(answer: Answered<unknown> | Refused): string {
  if (answer.kind === 'ok') return '200';
  const text = answer.message.slice(0, 160).replace(/\p{Cc}/gu, '·');
  return `${answer.status} ${answer.code} ${text}`.trim();
}

/** A request in the words of a message. */
export function shortened(input: object): string {
  const text = JSON.stringify(input);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
