/**
 * What each destination of Data Firehose takes: how large and old a buffer may get, how it may be compressed, and for how long a
 * receiver is tried again (source: the service model; defaults of retries that it does not name are assumed).
 */
import type { Cursor } from './cursor.ts';
import {
  deliveryCompressions,
  type DeliveryCompression,
  type DeliveryDestination,
  type DeliveryPlan,
} from './delivery-plan.ts';
import { formatDuration, parseBytes, parseDurationNs } from './units.ts';

const MIB = 2 ** 20;
const RETRY_NS_MAX = 7200e9;

/** The bounds of one destination. */
interface DestinationRules {
  readonly bufferMib: { readonly max: number; readonly otherwise: number };
  readonly intervalS: { readonly max: number; readonly otherwise: number };
  readonly compressions: readonly DeliveryCompression[];
  /** Keys and files; a receiver has none. */
  readonly objects: boolean;
  /** Where retries may be bounded: for how long unless said, ns. */
  readonly retryNs: number | undefined;
}

const rules: Readonly<Record<DeliveryDestination, DestinationRules>> = {
  s3: {
    bufferMib: { max: 128, otherwise: 5 },
    intervalS: { max: 900, otherwise: 300 },
    compressions: deliveryCompressions,
    objects: true,
    retryNs: undefined,
  },
  http: {
    bufferMib: { max: 64, otherwise: 5 },
    intervalS: { max: 900, otherwise: 300 },
    compressions: ['none', 'gzip'],
    objects: false,
    retryNs: 300e9,
  },
  splunk: {
    bufferMib: { max: 5, otherwise: 5 },
    intervalS: { max: 60, otherwise: 60 },
    compressions: ['none'],
    objects: false,
    retryNs: 300e9,
  },
  opensearch: {
    bufferMib: { max: 100, otherwise: 5 },
    intervalS: { max: 900, otherwise: 300 },
    compressions: ['none'],
    objects: false,
    retryNs: 300e9,
  },
};

/** Of a delivery stream whose destination shows only when the run begins: a buffer of S3 that waits as long as any may. */
export const longest = { bufferBytes: rules.s3.bufferMib.otherwise * MIB, intervalNs: rules.s3.intervalS.max * 1e9 };

/** What zero buffering may take: AWS says within a few seconds. */
const ZERO_BUFFERING_NS = 5e9;

/** How long a record may be inside, in ns: in the buffer before the function, and in that of the destination. */
export function heldNs({ intervalNs, processing }: Pick<DeliveryPlan, 'intervalNs' | 'processing'>): number {
  return (intervalNs || ZERO_BUFFERING_NS) + (processing?.lambda?.intervalNs ?? 0);
}

/** What is delivered into, whole MiB; a fault for a buffer that the destination does not have. @param mib what it is where none is written */
export function resolveSize(
  at: Cursor,
  destination: DeliveryDestination,
  mib = rules[destination].bufferMib.otherwise,
): number {
  const { max } = rules[destination].bufferMib;
  const bytes = at.parse(parseBytes) ?? mib * MIB;
  if (bytes % MIB !== 0 || bytes < MIB || bytes > max * MIB)
    at.fault(`no buffer has ${at.text()}`, `whole MiB from 1 MiB to ${max} MiB`);
  return bytes;
}

/** Its age, in ns. */
export function resolveInterval(at: Cursor, destination: DeliveryDestination): number {
  const { max, otherwise } = rules[destination].intervalS;
  const ns = at.parse(parseDurationNs) ?? otherwise * 1e9;
  if (ns % 1e9 !== 0 || ns > max * 1e9)
    at.fault(`no buffer waits for ${at.text()}`, `whole seconds from 0s to ${max}s`);
  return ns;
}

/** How it is compressed. */
export function resolveCompression(at: Cursor, destination: DeliveryDestination): DeliveryCompression {
  const compression = at.word(deliveryCompressions, 'none');
  const { compressions } = rules[destination];
  if (!compressions.includes(compression))
    at.fault(`${destination} is not sent ${compression}`, compressions.join(' or '));
  return compression;
}

/** For how long a receiver is tried again; nothing where that cannot be set. */
export function resolveRetry(at: Cursor, destination: DeliveryDestination): { readonly retryNs?: number } {
  const { retryNs } = rules[destination];
  if (retryNs === undefined) {
    if (at.present) at.faultAtKey('objects are tried again for a day, whatever is said', 'take it away');
    return {};
  }
  const ns = at.parse(parseDurationNs) ?? retryNs;
  if (ns % 1e9 !== 0 || ns > RETRY_NS_MAX)
    at.fault(`nothing is tried again for ${at.text()}`, `whole seconds up to ${formatDuration(RETRY_NS_MAX)}`);
  return { retryNs: ns };
}

/** Refuses what only objects have of a receiver: keys, partitions by keys, files of rows. @param delivery the delivery stream */
export function checkKeys(delivery: Cursor, destination: DeliveryDestination): void {
  if (rules[destination].objects) return;
  const refuse = (key: string, why: string) => {
    if (delivery.at(key).present) delivery.at(key).faultAtKey(why, 'take it away, or destination: s3');
  };
  refuse('prefix', `what ${destination} takes has no key`);
  refuse('partition', `what ${destination} takes has no key, and partitions are told by their keys`);
  refuse('parquet', `${destination} takes records one by one, and Parquet is a file of many`);
}
