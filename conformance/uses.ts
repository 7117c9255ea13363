/**
 * What statements need of an endpoint, as each declares it beside its check: upper bounds, from which a run on AWS is estimated
 * before it begins. What the reference really saw is held against them (`budget.test.ts`), so that they cannot grow old.
 */

/** What is made and put. */
export interface Uses {
  /** The shards of each stream of its own, the most that are open at a time. */
  readonly streams: readonly number[];
  /** The shards of each stream that it shares with others. */
  readonly shared: readonly number[];
  /** What it judges together with others, and whoever asks first makes. */
  readonly prepared: readonly PreparedName[];
  /** Seconds on the endpoint's clock, beside those in which streams are made. */
  readonly seconds: number;
  /** Records that are put. */
  readonly records: number;
  /** Units of 25 KB that they are billed by; as many as records where all are small. */
  readonly payloadUnits: number;
  /** Consumers of fan-out that are registered. */
  readonly consumers: number;
  /** Streams of `streams` that are on-demand for a while. */
  readonly onDemand: number;
  /** Shards of streams whose retention is raised above 24 hours. */
  readonly extended: number;
  /** Delivery streams of Data Firehose. */
  readonly deliveryStreams: number;
}

/** A statement that does not say otherwise: some records in the stream that all share. */
export const usesDefault: Uses = {
  streams: [],
  shared: [1],
  prepared: [],
  seconds: 15,
  records: 50,
  payloadUnits: 0,
  consumers: 0,
  onDemand: 0,
  extended: 0,
  deliveryStreams: 0,
};

/** What is made once in a session, and then judged by several statements. */
const preparedUses = {
  'busy stream': { streams: [2], seconds: 20, records: 700 },
  'split in history': { streams: [2], records: 180 },
  'split stream': { streams: [3], records: 90 },
  overload: { streams: [2], records: 2300 },
} as const satisfies Readonly<Record<string, Partial<Uses>>>;
export type PreparedName = keyof typeof preparedUses;

/** What it takes to prepare something. */
export function usesOf(name: PreparedName): Uses {
  return { ...usesDefault, shared: [], ...preparedUses[name] };
}
