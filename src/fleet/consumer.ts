/** A consuming agent as its crew sees it, whichever way it reads. */
import type { ConsumeFleet } from '../scenario/plan.ts';
import type { ReaderExport } from '../verify/reader.ts';
import type { PollSums } from './consumer-books.ts';
import type { FleetContext } from './context.ts';
import { FanOutConsumer } from './fan-out-consumer.ts';
import type { Hold } from './hold.ts';
import { PollingConsumer } from './polling-consumer.ts';
import { ReceiveConsumer } from './receive-consumer.ts';
import type { Agent } from './share.ts';
import type { WatchExport } from './watch-books.ts';
import { WatchConsumer } from './watch-consumer.ts';

/** What a consumer saw: how many records, each once, and at the end all of it. */
interface SeenSoFar {
  readonly distinct: number;
  export(): ReaderExport;
}

export interface Consumer {
  readonly reader: SeenSoFar;
  readonly hold: Hold;
  readonly sums: PollSums;
  /** What a watcher saw of the records that were not delivered; absent for who reads a stream. */
  readonly backup?: SeenSoFar;
  /** Records that a watcher saw delivered or in the backup, each once; absent for who reads a stream. */
  readonly accounted?: number;
  /** The objects that a watcher found; absent for who reads a stream. */
  readonly watched?: WatchExport;
  /** Takes up its position in every shard, before the first record is due; gives the reason when an endpoint keeps refusing it. */
  prepare(stop: AbortSignal): Promise<string | null>;
  /** Reads until `stop` aborts or every shard, and every child of one, has come to its end. */
  run(stop: AbortSignal): Promise<void>;
}

/** The consumer that does what its fleet says. */
export function consumerOf(agent: Agent<ConsumeFleet>, context: FleetContext): Consumer {
  const { index, agent: number, name, fleet } = agent;
  const common = { index, agent: number, name };
  if (fleet.method === 'watch') {
    const watcher = { ...common, fleet };
    const { receiver } = context.deliveries.get(fleet.delivery)!;
    return receiver ? new ReceiveConsumer(watcher, context) : new WatchConsumer(watcher, context);
  }
  return fleet.method === 'fan-out'
    ? new FanOutConsumer({ ...common, fleet }, context)
    : new PollingConsumer({ ...common, fleet }, context);
}
