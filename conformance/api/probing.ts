/**
 * Sends requests that are wrong in one place and tells what an endpoint makes of them.
 *
 * Each is sent about a stream that is not there first: whoever takes it for right answers so, and nothing has happened. AWS
 * looks at a request before it looks for the stream; it does not promise to. Where the stream is missed in place of the fault, the
 * same is asked about one that is there, as long as the operation then does nothing that would change the next answers.
 */
import type { Input, OperationName } from '../../src/protocol/operations.ts';
import type { Answered, Refused } from '../../src/wire/outcome.ts';
import { type Context, Unobservable } from '../context.ts';
import { isRate } from '../attempt.ts';
import { answerTo, isUnknownOperation, worded } from './asking.ts';
import { tidied } from './own-streams.ts';
import {
  type Place,
  type Request,
  type Subject,
  type Subjects,
  ordinaryRequest,
  placesOf,
  neverInEarnest,
} from './requests.ts';

/** A request that is wrong in one place. */
export interface Probe {
  readonly operation: OperationName;
  /** `StreamName: 129 characters (128 at the most)`. */
  readonly says: string;
  readonly member: string;
  /** About what is not there, and about what is. */
  readonly first: Request;
  readonly second: Request;
}

/** An answer, or that none came. */
export type Reply = Answered<unknown> | Refused | undefined;

/** What an endpoint made of a probe: `held` as AWS documents it, refused `otherwise`, or `missed`. */
export type Verdict = 'held' | 'otherwise' | 'missed' | 'unclear';

/** Probes that were not held, with what was answered. */
export interface Miss {
  readonly probe: Probe;
  readonly answered: string;
}

export interface Tally {
  /** All but those that were unclear. */
  readonly judged: readonly Probe[];
  readonly held: readonly Probe[];
  readonly misses: Readonly<Record<Exclude<Verdict, 'held'>, readonly Miss[]>>;
}

/** Members that AWS added in 2025 and 2026: whoever does not know one ignores it, as AWS ignores what it does not know. */
const late: ReadonlySet<string> = new Set([
  'DryRun',
  'MaxRecordSizeInKiB',
  'RecordDistributionStrategy',
  'StreamId',
  'WarmThroughputMiBps',
]);

/** Whether a miss may be that of an endpoint which does not know the member yet. */
export function isLate({ probe }: Miss): boolean {
  return late.has(probe.member);
}

/** How many operations were probed. */
export function operationsIn(probes: readonly Probe[]): number {
  return new Set(probes.map(({ operation }) => operation)).size;
}

/** Kinds of misses that a message lists at the most. */
const LISTED_MAX = 10;
/** So many are under way at once: a request takes a few ms, over a long way a few hundred. */
const LANES = 8;

/** What an operation does about a stream that is there is read, or is a tag or a record. */
const gentle: ReadonlySet<OperationName> = new Set<OperationName>([
  'AddTagsToStream',
  'CreateStream',
  'DescribeChannel',
  'DescribeStream',
  'DescribeStreamConsumer',
  'DescribeStreamSummary',
  'GetResourcePolicy',
  'GetShardIterator',
  'ListChannels',
  'ListShards',
  'ListStreamConsumers',
  'ListTagsForResource',
  'ListTagsForStream',
  'PutRecord',
  'PutRecords',
  'RemoveTagsFromStream',
  'TagResource',
  'UntagResource',
]);

/** Probes of every place of every operation; `spoil` gives the values that are wrong there, each with its words. */
export function probesOf(
  subjects: Subjects,
  spoil: (place: Place) => readonly { readonly value: unknown; readonly says: string }[],
): Probe[] {
  const byOperation = subjects.operations.map((operation) => {
    const [first, second] = inTurn(operation, subjects).map((subject) => placesOf(operation, subject));
    return first!.flatMap((place, index) =>
      spoil(place).map(({ value, says }) => ({
        operation,
        says: `${place.path}: ${says}`,
        member: place.member,
        first: place.with(value),
        second: second![index]!.with(value),
      })),
    );
  });
  // By turns, so that calls of one operation are spread in time: their rates are limited one by one.
  const longest = Math.max(...byOperation.map((probes) => probes.length));
  return Array.from({ length: longest }, (_, index) => byOperation.flatMap((probes) => probes[index] ?? [])).flat();
}

/** A stream that is there is not made; where one is, that is the stream nothing happens to. */
function inTurn(operation: OperationName, { present, absent }: Subjects): [Subject, Subject] {
  return operation === 'CreateStream' ? [present, absent] : [absent, present];
}

/** What can be said of operations before anything is wrong in a request. */
export interface Operations {
  /** They take their ordinary request for right. */
  readonly sound: ReadonlySet<OperationName>;
  /** They refuse it as they would refuse a wrong one, each with its answer: with them nothing can be told. */
  readonly odd: readonly string[];
  /** The endpoint does not have them. */
  readonly unknown: readonly OperationName[];
}

/** Sends every operation its ordinary request; `codes` are the errors by which a wrong one is refused. */
export async function operationsOf(
  context: Context,
  subjects: Subjects,
  codes: ReadonlySet<string>,
): Promise<Operations> {
  const odd: string[] = [];
  const unknown: OperationName[] = [];
  const sound = new Set<OperationName>([neverInEarnest]);
  const asked = subjects.operations.filter((operation) => operation !== neverInEarnest);
  await inLanes(asked, async (operation) => {
    const reply = await ask(context, operation, ordinaryRequest(operation, inTurn(operation, subjects)[0]));
    if (reply?.kind === 'error' && isUnknownOperation(reply)) unknown.push(operation);
    else if (!reply || (reply.kind === 'error' && codes.has(reply.code))) odd.push(`${operation} ${answered(reply)}`);
    else sound.add(operation);
  });
  return { sound, odd, unknown };
}

/** What nothing could be said of, in words. */
export function unsaid({ odd, unknown }: Operations, unclear: readonly Miss[]): string {
  const replies = Map.groupBy(unclear, ({ answered: reply }) => briefly(reply));
  const where = [...replies].map(
    ([reply, probes]) =>
      `${probes.length} probes of ${operationsIn(probes.map(({ probe }) => probe))} operations (${reply})`,
  );
  const parts = [
    unknown.length > 0 ? `operations that are not there: ${unknown.join(', ')}` : '',
    odd.length > 0 ? `refused though nothing was wrong: ${odd.join('; ')}` : '',
    unclear.length > 0 ? `unclear: ${where.join(', ')}` : '',
  ];
  return parts.map((part) => (part ? `. Beside that, ${part}` : '')).join('');
}

/** Sends all probes; `judge` tells what a reply means. */
export async function probeAll(
  context: Context,
  probes: readonly Probe[],
  judge: (reply: Answered<unknown> | Refused, probe: Probe) => Exclude<Verdict, 'unclear'>,
): Promise<Tally> {
  const held: Probe[] = [];
  const misses: Record<Exclude<Verdict, 'held'>, Miss[]> = { otherwise: [], missed: [], unclear: [] };
  const again: Probe[] = [];
  const note = (probe: Probe, reply: Reply, stage: 'first' | 'second') => {
    if (reply?.kind === 'error' && isUnknownOperation(reply)) return;
    const unclear =
      !reply || (reply.kind === 'error' && (isRate(reply.code) || reply.code === 'AccessDeniedException'));
    const verdict = unclear ? 'unclear' : judge(reply, probe);
    if (verdict === 'held') held.push(probe);
    else if (verdict === 'missed' && reply?.kind === 'error' && isAboutSubject(reply.code)) {
      if (stage === 'first' && gentle.has(probe.operation)) again.push(probe);
      else misses.unclear.push({ probe, answered: worded(reply) });
    } else misses[verdict].push({ probe, answered: answered(reply) });
  };
  await inLanes(probes, async (probe) => note(probe, await ask(context, probe.operation, probe.first), 'first'));
  const askAgain = async (probe: Probe) => note(probe, await ask(context, probe.operation, probe.second), 'second');
  await inLanes(
    again.filter(({ operation }) => operation !== 'CreateStream'),
    askAgain,
  );
  // Those would make the same stream.
  for (const probe of again) if (probe.operation === 'CreateStream') await askAgain(probe);
  const judged = [...held, ...[...misses.missed, ...misses.otherwise].map(({ probe }) => probe)];
  return { judged, held, misses };
}

/** An answer, or none, in words. */
function answered(reply: Reply): string {
  return reply ? worded(reply) : 'nothing';
}

/** Whether an error is about the stream and not about the request. */
function isAboutSubject(code: string): boolean {
  return code === 'ResourceNotFoundException' || code === 'ResourceInUseException';
}

/** Sends a request that may be anything; past the deadline nothing is sent any more. A stream that it makes is removed. */
export async function ask(context: Context, operation: OperationName, request: Request): Promise<Reply> {
  if (context.clock.monotonicNs() > context.deadlineNs) return undefined;
  const reply = await answerTo(context, operation, request as Input<OperationName>).catch((error: unknown) => {
    if (error instanceof Unobservable) return undefined;
    throw error;
  });
  if (operation === 'CreateStream' && reply?.kind === 'ok') await tidied(context, [String(request['StreamName'])]);
  return reply;
}

/** Works on several at a time. */
export async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

/** Status and error of an answer in words. */
function briefly(reply: string): string {
  return reply.split(' ').slice(0, 2).join(' ');
}

/** A sentence of a message about misses, of so many kinds at the most; nothing where there are none. */
export function told(what: string, misses: readonly Miss[], most = LISTED_MAX): string {
  return misses.length === 0 ? '' : `. ${what}: ${listed(misses, most)}`;
}

/** Some operations by name, the others by their number. */
function named(where: readonly OperationName[]): string {
  const first = where.length > 4 ? where.slice(0, 3) : where;
  const others = where.length - first.length;
  return `${first.join(', ')}${others > 0 ? ` and ${others} others` : ''}`;
}

/** Misses in words: those of one kind together, with the operations they were seen in. */
function listed(misses: readonly Miss[], most: number): string {
  const kinds = new Map<string, OperationName[]>();
  for (const { probe, answered: reply } of misses) {
    const kind = `${probe.says} → ${briefly(reply)}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), probe.operation]);
  }
  const texts = [...kinds].map(([kind, where]) => `${named(where)}: ${kind}`);
  const more = texts.length > most ? `; and ${texts.length - most} more of other kinds` : '';
  return texts.slice(0, most).join('; ') + more;
}
