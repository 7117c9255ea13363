/** What every agent of a thread works with. */
import type { Clock } from '../clock.ts';
import type { Recorder } from '../measure/recorder.ts';
import { hashKeyOf, type HashRange, rangeIndexOf } from '../protocol/hash.ts';
import type { DeliveredForm } from '../scenario/delivered-form.ts';
import type { ClientName, DeliveryPlan } from '../scenario/plan.ts';
import type { Unnamed } from '../verify/unnamed.ts';
import type { WireClient } from '../wire/client.ts';
import type { FirehoseClient } from '../wire/firehose-client.ts';
import type { ObjectSource } from '../wire/object-source.ts';
import type { Receivers } from '../wire/receiver.ts';
import type { AttemptLog } from './attempt-log.ts';
import type { ErrorTally } from './error-tally.ts';
import type { Pairing } from './pairing.ts';
import type { SendLog } from './send-log.ts';
import type { Timeline } from './timeline.ts';

/** A stream of the run as it stood when the run began. */
export interface StreamInfo {
  readonly name: string;
  /** Open shards in the order of their hash ranges. */
  readonly open: readonly ShardInfo[];
  /** Every shard that can be read, closed ones included. */
  readonly shardIds: readonly string[];
}

export interface ShardInfo {
  readonly shardId: string;
  /** Decimal, both ends included. */
  readonly startingHashKey: string;
  readonly endingHashKey: string;
}

/** The clients of a crew; one that no fleet of it names is missing. */
export type FleetClients = Readonly<Partial<Record<ClientName, WireClient>>> & {
  readonly firehose?: FirehoseClient;
  readonly objects?: ObjectSource;
  readonly receivers?: Receivers;
};

/** A delivery stream of the run, and where it delivers. */
export interface DeliveryPlace {
  readonly plan: DeliveryPlan;
  /** Of the delivery stream. */
  readonly name: string;
  readonly bucket: string;
  /** Of the run and the delivery stream; what the scenario says comes behind it. */
  readonly prefix: string;
  /** How records stand where it delivers them. */
  readonly form: DeliveredForm;
  /** Where objects of errors begin, of what could not be delivered among them; null where it has no place for them. */
  readonly errorPrefix: string | null;
  /** Objects that were there before, in ms since the epoch by the clock of the service, are somebody else's; null where all are the run's. */
  readonly sinceMs: number | null;
  /** Where it sends to, if kinebench is the destination, and what it then proves itself with. */
  readonly receiver?: { readonly origin: string; readonly secret: string };
  /** The cluster and the index that it writes documents into. */
  readonly search?: { readonly origin: string; readonly index: string };
}

export interface FleetContext {
  readonly clock: Clock;
  readonly clients: FleetClients;
  readonly recorder: Recorder;
  readonly errors: ErrorTally;
  readonly attempts: AttemptLog;
  readonly timeline: Timeline;
  /** Tag of the run, in every record. */
  readonly run: string;
  readonly seed: number;
  /** By alias. */
  readonly streams: ReadonlyMap<string, StreamInfo>;
  /** By alias. */
  readonly deliveries: ReadonlyMap<string, DeliveryPlace>;
  /** Where files of the scenario are named from. */
  readonly folder: string;
  /** How the records of a stream are told apart that carry no tag, by alias. */
  readonly unnamed: ReadonlyMap<string, Unnamed>;
  readonly pairing: Pairing;
  /** ARNs of registered consumers by consumer index; null for those that poll. */
  readonly consumerArns: readonly (string | null)[];
  /** By producer index; null for producers of another machine, whose times mean nothing here. */
  readonly sendLogs: readonly (SendLog | null)[];
}

/** Keys whose shard is remembered. */
const KEYS_MAX = 10_000;

/** Predicts the shard of a partition key from the hash ranges at the start of the run, remembering what it worked out. */
export class ShardMap {
  readonly #open: readonly ShardInfo[];
  readonly #ranges: readonly HashRange[];
  readonly #known = new Map<string, string | null>();

  constructor(open: readonly ShardInfo[]) {
    this.#open = open;
    this.#ranges = open.map((shard) => ({ start: BigInt(shard.startingHashKey), end: BigInt(shard.endingHashKey) }));
  }

  /** null when no open shard covers the key's hash. */
  shardOf(partitionKey: string, explicitHashKey?: string): string | null {
    const id = explicitHashKey ?? partitionKey;
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const hashKey = explicitHashKey === undefined ? hashKeyOf(partitionKey) : BigInt(explicitHashKey);
    const shard = this.#open[rangeIndexOf(this.#ranges, hashKey)]?.shardId ?? null;
    if (this.#known.size < KEYS_MAX) this.#known.set(id, shard);
    return shard;
  }

  /** The prediction where it is at hand, for checking it on every record: undefined for keys beyond those that are remembered. */
  checked(partitionKey: string, explicitHashKey?: string): string | null | undefined {
    const full = this.#known.size >= KEYS_MAX;
    return full ? this.#known.get(explicitHashKey ?? partitionKey) : this.shardOf(partitionKey, explicitHashKey);
  }
}
