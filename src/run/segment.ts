/**
 * One machine of many, with no coordinator: segment i of n does the agents i, i + n, i + 2n … of the plan. Which those are, and what
 * they send, follows from plan, seed and (i, n) alone; when they begin, from a time of day that all are given. So machines need
 * to agree on nothing while they run, and their results can be merged.
 */
import { createHash } from 'node:crypto';
import { shareOf } from '../fleet/share.ts';
import { OperatorError } from '../operator-error.ts';
import type { SegmentDoc } from '../result.ts';
import type { Plan } from '../scenario/plan.ts';

/** More machines than this are a typo. */
const SEGMENTS_MAX = 10_000;

/** `2/3`. Throws OperatorError `usage`. */
export function parseSegment(text: string): SegmentDoc {
  const match = /^(\d{1,5})\/(\d{1,5})$/.exec(text.trim());
  const [index, of] = [Number(match?.[1]), Number(match?.[2])];
  if (match && index >= 1 && index <= of && of <= SEGMENTS_MAX) return { index, of };
  throw new OperatorError(`--segment ${text} is not a segment`, {
    code: 'usage',
    hint: 'such as 2/3: the second of three, counted from 1',
  });
}

/** Those of the agents that are a segment's to do. */
export function ownOf<T>(agents: readonly T[], segment: SegmentDoc | null): readonly T[] {
  return segment ? shareOf(agents, segment.index - 1, segment.of) : agents;
}

/** Whether the agent with this index is a segment's to do. */
export function isOwn(index: number, segment: SegmentDoc | null): boolean {
  return !segment || index % segment.of === segment.index - 1;
}

/**
 * The id that all segments of one run have without having met: of what they must have in common. 8 characters of a-z and 0-9.
 * @param startAtMs epoch ms
 */
export function segmentedRunId(planHash: string, seed: number, of: number, startAtMs: number): string {
  const digest = createHash('sha256').update(`${planHash}|${seed}|${of}|${startAtMs}`).digest();
  return Array.from(digest.subarray(0, 8), (byte) => (byte % 36).toString(36)).join('');
}

/** A segment must not make streams: it would end, and remove them, while others still write. Throws OperatorError `usage`. */
export function checkSegment(plan: Plan, segment: SegmentDoc): void {
  const refuse = (what: string, hint: string) => new OperatorError(what, { code: 'usage', hint });
  const made = plan.streams.find((stream) => 'create' in stream);
  if (made)
    throw refuse(
      `the stream ${made.alias} is made for the run, and a segment cannot make or remove what others still need`,
      `make the stream first and name it: --set 'streams.${made.alias}={ use: NAME }'`,
    );
  const receiving = plan.deliveries?.find(
    ({ destination, search }) => destination !== 's3' && search?.cluster === undefined,
  );
  if (receiving)
    throw refuse(
      `${receiving.alias} delivers to a receiver, and one machine alone can be that`,
      'run it whole, or with destination: s3',
    );
  const delivery = plan.deliveries?.find(({ use }) => use === undefined);
  if (delivery)
    throw refuse(
      `the delivery stream ${delivery.alias} is made for the run, and a segment cannot make or remove what others still need`,
      `make it first and name it: --set 'delivery.${delivery.alias}={ use: NAME }'`,
    );
  const agents = plan.fleets.reduce((most, fleet) => Math.max(most, fleet.agents), 0);
  const kinds = ['produce', 'consume'].map((kind) =>
    plan.fleets.filter((fleet) => fleet.kind === kind).reduce((sum, fleet) => sum + fleet.agents, 0),
  );
  if (segment.index > Math.max(...kinds))
    throw refuse(
      `segment ${segment.index}/${segment.of} has nothing to do: the fleets have at most ${agents} agents`,
      'use fewer segments, or give the fleets more agents',
    );
}
