/**
 * The search clusters of a run: those that it is itself, each on a place of its own for as long as the run lasts, since what they hold is
 * read again after the load; and those that are there already, of which nothing is ever touched but the indices of the run.
 */
import type { Clock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import type { DeliveryPlace } from '../fleet/context.ts';
import { OperatorError } from '../operator-error.ts';
import type { SearchPlan } from '../scenario/plan.ts';
import { SearchCluster } from '../opensearch/cluster.ts';
import { STREAM_PREFIX } from '../target/marks.ts';
import type { Receivers } from '../wire/receiver.ts';
import { SearchClient } from '../wire/search-client.ts';

type SearchPlace = NonNullable<DeliveryPlace['search']>;

export class RunClusters {
  /** Those that the run is itself, by delivery stream. */
  readonly own = new Map<string, SearchCluster>();
  readonly #receivers: Receivers;
  readonly #clock: Clock;
  readonly #written: SearchPlace[] = [];
  readonly #leave: (() => Promise<void>)[] = [];

  constructor(receivers: Receivers, clock: Clock) {
    this.#receivers = receivers;
    this.#clock = clock;
  }

  /** Where a delivery stream writes. Rejects with an OperatorError for a cluster that does not answer. */
  async open(alias: string, { index: name, cluster }: SearchPlan, run: string): Promise<SearchPlace> {
    const index = `${STREAM_PREFIX}${run}-${name}`;
    if (cluster === undefined) return { origin: await this.#standIn(alias), index };
    if (!this.#receivers.asksOthers)
      throw new OperatorError(`${alias} writes into ${cluster}, and there is no network in a simulation`, {
        code: 'cluster-needs-sockets',
        hint: `run it on the machine's clock, or without delivery.${alias}.cluster: the run is a cluster itself then`,
      });
    const place = { origin: cluster, index };
    const asked = await new SearchClient(this.#receivers.ask, cluster).indices(index);
    if (asked.kind === 'error')
      throw new OperatorError(`the cluster ${cluster} cannot be asked: ${asked.code}: ${asked.message}`, {
        code: 'target-refused',
        exitCode: ExitCode.unreachable,
        hint: 'it has to be there and take requests that are not signed: to settings, searches, refreshes, and the deletion of indices of the run',
      });
    this.#written.push(place);
    return place;
  }

  /** Removes the indices of the run from clusters that stay, and ends the others. Gives what could not be removed. */
  async remove(): Promise<string[]> {
    const kept: string[] = [];
    for (const { origin, index } of this.#written.splice(0)) {
      const client = new SearchClient(this.#receivers.ask, origin);
      const found = await client.indices(index);
      if (found.kind === 'error') kept.push(`${origin}/${index}*`);
      else
        for (const { name } of found.value)
          if ((await client.remove(name)).kind === 'error') kept.push(`${origin}/${name}`);
    }
    for (const leave of this.#leave.splice(0)) await leave();
    return kept;
  }

  async #standIn(alias: string): Promise<string> {
    const origin = await this.#receivers.reserve();
    const cluster = new SearchCluster(this.#clock);
    this.#leave.push(await this.#receivers.listen(origin, (request) => cluster.receive(request)));
    this.own.set(alias, cluster);
    return origin;
  }
}
