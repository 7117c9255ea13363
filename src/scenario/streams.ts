/**
 * Streams of a scenario resolved. What is made for the run can be told everything that the service lets one choose; what exists
 * already is taken as it is, and what it can do is not known before it is asked.
 */
import {
  RECORD_BYTES_MAX,
  RECORD_BYTES_SETTABLE_MAX,
  RECORD_KIB_SETTABLE_MAX,
  RECORD_KIB_SETTABLE_MIN,
  RETENTION_HOURS_DEFAULT,
  RETENTION_HOURS_MAX,
} from '../protocol/limits.ts';
import type { Cursor } from './cursor.ts';
import type { NewStreamPlan, StreamPlan } from './plan.ts';
import { parseBytes, parseDurationNs } from './units.ts';

export const NS_PER_HOUR = 3600e9;

/** Names that can stand in expectations, file names and reports without quotes. */
export const namePattern = /^[a-z][a-z0-9-]*$/;

/** A fault for a name that is not kebab-case. */
export function checkName(at: Cursor, what: string): void {
  if (!namePattern.test(at.name))
    at.faultAtKey(`"${at.name}" cannot name a ${what}`, 'use small letters, digits and -, a letter first');
}

/** The streams; a fault for a bad alias, name, or what a new stream cannot have. */
export function resolveStreams(root: Cursor): StreamPlan[] {
  return root.at('streams').entries().map(resolveStream);
}

function resolveStream(at: Cursor): StreamPlan {
  checkName(at, 'stream');
  const use = at.at('use');
  if (!use.present) return { alias: at.name, create: resolveNewStream(at) };
  const text = use.text() ?? '';
  if (
    text !== '' &&
    !/^([a-zA-Z0-9_.-]{1,128}|arn:[\w-]+:kinesis:[\w-]+:\d{12}:stream\/[a-zA-Z0-9_.-]{1,128})$/.test(text)
  )
    use.fault(
      `"${text}" is neither a stream's name nor its ARN`,
      'such as orders or arn:aws:kinesis:eu-west-1:123456789012:stream/orders',
    );
  return { alias: at.name, use: text };
}

function resolveNewStream(at: Cursor): NewStreamPlan {
  const onDemand = at.at('mode').word(['provisioned', 'on-demand'], 'provisioned') === 'on-demand';
  const shards = at.at('shards');
  if (onDemand && shards.present)
    shards.faultAtKey('on demand the service decides how many shards there are', 'take it away');
  if (at.isMapping && !onDemand && !shards.present)
    at.fault('shards is missing', `add shards: to ${at.name}, or mode: on-demand`);
  const recordKiBMax = recordKiBOf(at.at('max-record-size'));
  return {
    shards: onDemand ? null : shards.integer(1),
    retentionHours: retentionHoursOf(at.at('retention')),
    // Absent rather than the default: a plan of before there were these keeps its hash.
    ...(onDemand ? { mode: 'on-demand' } : {}),
    ...(recordKiBMax === null ? {} : { recordKiBMax }),
  };
}

/** Whole hours, 24 to 8760, of a written duration. */
export function retentionHoursOf(at: Cursor): number {
  const hours = (at.parse(parseDurationNs) ?? RETENTION_HOURS_DEFAULT * NS_PER_HOUR) / NS_PER_HOUR;
  if (!Number.isInteger(hours) || hours < RETENTION_HOURS_DEFAULT || hours > RETENTION_HOURS_MAX)
    at.fault(
      `records cannot be kept for ${at.text()}`,
      `whole hours from ${RETENTION_HOURS_DEFAULT}h to ${RETENTION_HOURS_MAX}h (365d)`,
    );
  return hours;
}

function recordKiBOf(at: Cursor): number | null {
  const bytes = at.parse(parseBytes);
  if (bytes === undefined) return null;
  const kib = bytes / 1024;
  if (!Number.isInteger(kib) || kib < RECORD_KIB_SETTABLE_MIN || kib > RECORD_KIB_SETTABLE_MAX)
    at.fault(`records of ${at.text()} cannot be the most`, 'whole KiB from 1 MiB to 10 MiB');
  return kib;
}

/** Data and key of a record at the most, in bytes; the service's own bound where the stream is not ours and nobody has asked it. */
export function recordBytesMaxOf(stream: StreamPlan | undefined): number {
  if (stream && 'use' in stream) return RECORD_BYTES_SETTABLE_MAX;
  const kib = stream?.create.recordKiBMax;
  return kib === undefined ? RECORD_BYTES_MAX : kib * 1024;
}
