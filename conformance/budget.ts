/**
 * What a run will need at the most, and what AWS will ask for it, by what the statements declare. An estimate: every stream is taken
 * to live from the first minute to the last, every begun hour and unit to be billed in full, and no answer to be slower than
 * the reference is with AWS's latency. Prices are those of one region on one day.
 */
import type { Capability } from '../src/protocol/capabilities.ts';
import { GB, PAYLOAD_UNIT_BYTES, prices, pricesFrom } from '../src/protocol/prices.ts';
import type { Statement } from './statement.ts';
import { type Uses, usesDefault, usesOf } from './uses.ts';

export interface Budget {
  /** Statements that the target can be asked. */
  readonly statements: number;
  /** CreateStream calls that succeed. */
  readonly streams: number;
  /** All shards of them. */
  readonly shards: number;
  readonly minutes: number;
  readonly shardMinutes: number;
  readonly records: number;
  readonly payloadUnits: number;
  readonly consumers: number;
  readonly deliveryStreams: number;
  readonly dollars: number;
}

/** How long AWS may take to make a stream, in s; *assumed*: it says "in CREATING status for a short time". */
const MAKING_S = 30;
/** What is prepared is made anew after so long, in s. */
const PREPARED_LIFE_S = 3600;

/**
 * What judging these statements takes where a target can do so much.
 * @param again how often each of them is judged by a second witness, in a session of its own
 */
export function budgetOf(
  statements: readonly Statement[],
  capabilities: ReadonlySet<Capability>,
  again: { readonly statements: readonly Statement[]; readonly ways: number } = { statements: [], ways: 0 },
): Budget {
  const able = ({ needs }: Statement) => needs.every((capability) => capabilities.has(capability));
  const judged = statements.filter(able);
  const sessions = [judged, ...Array.from({ length: again.ways }, () => again.statements.filter(able))];
  const all = sessions.flatMap(partsOf);
  const sum = (of: (uses: Uses) => number) => all.reduce((total, uses) => total + of(uses), 0);
  const streams = sum((uses) => uses.streams.length);
  const shards = sum((uses) => uses.streams.reduce((total, count) => total + count, 0));
  const minutes = Math.ceil((sum(({ seconds }) => seconds) + streams * MAKING_S) / 60);
  const counts = {
    statements: judged.length,
    streams,
    shards,
    minutes,
    shardMinutes: shards * minutes,
    records: sum(({ records }) => records),
    payloadUnits: sum(({ records, payloadUnits }) => Math.max(records, payloadUnits)),
    consumers: sum(({ consumers }) => consumers),
    deliveryStreams: sum(({ deliveryStreams }) => deliveryStreams),
  };
  const extra = { onDemand: sum(({ onDemand }) => onDemand), extended: sum(({ extended }) => extended) };
  return { ...counts, dollars: dollarsOf({ ...counts, ...extra }) };
}

/** What a session makes: the own of each statement, and once what several of them share. */
function partsOf(statements: readonly Statement[]): Uses[] {
  const own = statements.map(({ uses }) => ({ ...usesDefault, ...uses }));
  const shared = new Set(own.flatMap((uses) => uses.shared));
  const prepared = [...new Set(own.flatMap((uses) => uses.prepared))].map(usesOf);
  const parts = [...own, ...[...shared].map((shards) => ({ ...nothing, streams: [shards] }))];
  const seconds = [...parts, ...prepared].reduce(
    (total, uses) => total + uses.seconds + uses.streams.length * MAKING_S,
    0,
  );
  const times = Math.max(1, Math.ceil(seconds / PREPARED_LIFE_S));
  return [...parts, ...Array.from({ length: times }, () => prepared).flat()];
}

const nothing: Uses = { ...usesDefault, shared: [], seconds: 0, records: 0 };

function dollarsOf(budget: Omit<Budget, 'dollars'> & { readonly onDemand: number; readonly extended: number }): number {
  const { shards, minutes, payloadUnits, consumers, onDemand, extended, deliveryStreams, records } = budget;
  const hours = Math.ceil(minutes / 60);
  const gb = (payloadUnits * PAYLOAD_UNIT_BYTES) / GB;
  return (
    shards * hours * prices.shardHour +
    extended * hours * prices.extendedShardHour +
    payloadUnits * prices.payloadUnit +
    // A consumer may be of a stream of two shards.
    consumers * 2 * hours * prices.consumerShardHour +
    onDemand * hours * prices.onDemandStreamHour +
    (consumers > 0 ? gb * prices.consumerGb : 0) +
    (onDemand > 0 ? gb * (prices.onDemandGbIn + prices.onDemandGbOut) : 0) +
    (deliveryStreams > 0 ? ((records * 5000 + payloadUnits * PAYLOAD_UNIT_BYTES) / GB) * prices.deliveryGb : 0)
  );
}

/** A budget in words. */
export function budgetLines(budget: Budget): string[] {
  const { statements, streams, shards, minutes, records, payloadUnits, consumers, deliveryStreams, dollars } = budget;
  const more = [
    ...(consumers > 0 ? [`${consumers} consumers`] : []),
    ...(deliveryStreams > 0 ? [`${deliveryStreams} delivery streams`] : []),
  ];
  const made = [`${streams} streams with ${shards} shards in all`, ...more].join(', ');
  const dollar = Math.ceil(dollars * 100) / 100;
  return [
    `estimate for ${statements} statements, an upper bound: ${made}; ${minutes} minutes; ${records} records (${payloadUnits} payload units); $${dollar.toFixed(2)}`,
    `  at the prices of ${pricesFrom}; every stream counted from the first minute to the last, begun hours in full; without channels, S3, KMS and transfer`,
  ];
}
