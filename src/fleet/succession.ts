/**
 * Who follows a shard that a consumer has read to its end: its children, by its last answer or, where that names none, by the
 * stream's list. A list that is refused for the moment is asked for again until the run is over: a child that nobody finds
 * out about is missing from everything that is measured.
 */
import { NS_PER_MS, NS_PER_S } from '../clock.ts';
import { isThrottle } from '../protocol/errors.ts';
import type { Random } from '../random.ts';
import type { ConsumeFleet } from '../scenario/plan.ts';
import type { FleetContext } from './context.ts';
import { GIVEN_UP, REFUSALS_MAX } from './giving-up.ts';
import { type Child, Lineage } from './lineage.ts';
import { codeOf, messageOf } from './read-answer.ts';

/** Pages of a stream's shards that are looked through for children, a hundred shards each. */
const PAGES_MAX = 200;
/** Between two requests for a list that is refused, doubling, with jitter. */
const WAIT_NS_MIN = 250 * NS_PER_MS;
const WAIT_NS_MAX = 4 * NS_PER_S;

/** What a consumer asks with. */
export interface Asking {
  readonly fleet: ConsumeFleet;
  readonly context: FleetContext;
  /** The name, not the alias. */
  readonly stream: string;
  readonly random: Random;
}

export class Succession {
  readonly #asking: Asking;
  readonly #lineage: Lineage;

  /** @param shardIds the shards that are read from the start */
  constructor(shardIds: readonly string[], asking: Asking) {
    this.#asking = asking;
    this.#lineage = new Lineage(shardIds);
  }

  /** Notes that a shard is read to its end; gives those of its children that may begin now, each once. */
  async next(shardId: string, named: readonly Child[] | undefined, stop: AbortSignal): Promise<string[]> {
    return this.#lineage.finish(shardId, named ?? (await this.#listed(shardId, stop)));
  }

  async #listed(shardId: string, stop: AbortSignal): Promise<Child[]> {
    const children: Child[] = [];
    let after: string | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const description = await this.#describe(shardId, after, stop);
      if (!description) return children;
      const { Shards, HasMoreShards } = description;
      for (const { ShardId, ParentShardId, AdjacentParentShardId } of Shards) {
        const parents = [ParentShardId, AdjacentParentShardId].filter((id) => typeof id === 'string');
        if (parents.includes(shardId)) children.push({ shardId: ShardId, parents });
      }
      after = Shards.at(-1)?.ShardId;
      if (!HasMoreShards || after === undefined) return children;
    }
    return children;
  }

  /** A page of the list; undefined when it is not to be had. */
  async #describe(shardId: string, after: string | undefined, stop: AbortSignal) {
    const { fleet, context, stream, random } = this.#asking;
    const { clients, clock, errors } = context;
    const input = { StreamName: stream, ...(after === undefined ? {} : { ExclusiveStartShardId: after }) };
    let waitNs = WAIT_NS_MIN;
    for (let refusals = 0; !stop.aborted; waitNs = Math.min(2 * waitNs, WAIT_NS_MAX)) {
      const outcome = await clients[fleet.client]!.call('DescribeStream', input, { timeoutNs: fleet.timeoutNs });
      if (outcome.kind === 'ok') return outcome.output.StreamDescription;
      const code = codeOf(outcome);
      errors.add(fleet.name, 'DescribeStream', code, messageOf(outcome));
      const passing = outcome.kind !== 'error' || outcome.status >= 500 || isThrottle(code);
      if (!passing && ++refusals >= REFUSALS_MAX) {
        const why = `${fleet.name}, the children of ${shardId} after ${refusals} times ${code}`;
        errors.add(fleet.name, 'DescribeStream', GIVEN_UP, why);
        return undefined;
      }
      await clock.sleepUntil(clock.monotonicNs() + waitNs * (0.5 + random.uniform() / 2), stop);
    }
    return undefined;
  }
}
