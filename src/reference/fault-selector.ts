/**
 * When an armed fault does something, as text: the name, and in braces what narrows it down. `log.ack-then-drop{p=0.1}`
 * strikes one time in ten, `{nth=3}` the third time alone, `{every=5}` every fifth; `{from=10s,to=2m}` within that time of
 * the endpoint, `{stream=orders,shard=1}` in that place. Several hold together; times are counted where the others hold.
 */
import { NS_PER_MS, NS_PER_S } from '../clock.ts';
import { distance } from '../nearest.ts';
import { OperatorError } from '../operator-error.ts';
import { shardIdOf } from '../protocol/hash.ts';
import { faultDescriptions, faultPlaces, type FaultName } from './fault-descriptions.ts';

/** A fault and when it does something. Times are ns since the endpoint began. */
export interface ArmedFault {
  readonly name: FaultName;
  /** The share of times at which it strikes. */
  readonly p?: number;
  /** The one time at which it strikes, from 1 on. */
  readonly nth?: number;
  readonly every?: number;
  readonly fromNs?: number;
  /** It does nothing from then on. */
  readonly toNs?: number;
  readonly stream?: string;
  /** The id, with all its digits. */
  readonly shard?: string;
}

/** The fault of that name. Throws an OperatorError that lists the nearest names. */
export function faultNamed(name: string): FaultName {
  if (isFaultName(name)) return name;
  const near = Object.keys(faultDescriptions)
    .map((known) => ({ known, distance: distance(name, known) }))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ known }) => known);
  throw new OperatorError(`there is no fault "${name}"`, {
    code: 'fault-unknown',
    hint: `The nearest names are ${near.join(', ')}.`,
  });
}

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faultDescriptions, name);
}

const unitNs = { ms: NS_PER_MS, s: NS_PER_S, m: 60 * NS_PER_S, h: 3600 * NS_PER_S };

/** How each key is read; undefined: the value is not one. */
const readers: Readonly<Record<string, (value: string) => Partial<ArmedFault> | undefined>> = {
  p: (value) => (/^(0?\.\d+|1(\.0+)?)$/.test(value) && Number(value) > 0 ? { p: Number(value) } : undefined),
  nth: (value) => (/^[1-9]\d{0,14}$/.test(value) ? { nth: Number(value) } : undefined),
  every: (value) => (/^[1-9]\d{0,14}$/.test(value) ? { every: Number(value) } : undefined),
  from: (value) => timeOf(value, (fromNs) => ({ fromNs })),
  to: (value) => timeOf(value, (toNs) => ({ toNs })),
  stream: (value) => (/^[a-zA-Z0-9_.-]{1,128}$/.test(value) ? { stream: value } : undefined),
  shard: (value) => {
    const digits = /^(?:shardId-)?(\d{1,12})$/.exec(value)?.[1];
    return digits === undefined ? undefined : { shard: shardIdOf(Number(digits)) };
  },
};

/** What a value of each key looks like. */
const examples: Readonly<Record<string, string>> = {
  p: 'a share above 0, such as p=0.1',
  nth: 'a count from 1 on, such as nth=3',
  every: 'a count from 1 on, such as every=5',
  from: 'a time since the start, such as from=10s (ms, s, m, h)',
  to: 'a time since the start, such as to=2m (ms, s, m, h)',
  stream: 'the name of a stream, such as stream=orders',
  shard: 'a shard, such as shard=1 or shard=shardId-000000000001',
};

function timeOf<T>(text: string, named: (ns: number) => T): T | undefined {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  if (count === undefined || !isUnit(unit)) return undefined;
  return named(Math.round(Number(count) * unitNs[unit]));
}

function isUnit(text: string | undefined): text is keyof typeof unitNs {
  return text !== undefined && Object.hasOwn(unitNs, text);
}

/** Reads a fault as a user writes it. Throws an OperatorError that names what is wrong, and the way out. */
export function parseFault(text: string): ArmedFault {
  const [, name = text, inside] = /^([^{]*)\{([^{}]*)\}$/.exec(text) ?? [];
  const known = faultNamed(name.trim());
  let fault: ArmedFault = { name: known };
  const seen = new Set<string>();
  for (const part of inside === undefined ? [] : inside.split(',')) {
    const [, key = '', value = ''] = /^\s*(\w*)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
    const read = Object.hasOwn(readers, key) ? readers[key] : undefined;
    if (!read) throw unreadable(text, `"${part.trim()}" is none of ${Object.keys(readers).join('=, ')}=`);
    if (seen.has(key)) throw unreadable(text, `${key} stands twice`);
    seen.add(key);
    const more = read(value);
    if (!more) throw unreadable(text, `"${part.trim()}" is not ${examples[key]}`);
    fault = { ...fault, ...more };
  }
  if ((fault.fromNs ?? 0) >= (fault.toNs ?? Number.POSITIVE_INFINITY))
    throw unreadable(text, 'it ends before it begins');
  refuseIdle(text, fault);
  return fault;
}

/** Throws for a selector that nothing can ever match. */
function refuseIdle(text: string, { name, nth, every, stream, shard }: ArmedFault): void {
  const place = faultPlaces[name];
  const strange = [
    ...(stream !== undefined && place === 'endpoint' ? ['stream'] : []),
    ...(shard !== undefined && place !== 'shard' ? ['shard'] : []),
  ];
  if (strange.length > 0) {
    const known =
      place === 'endpoint' ? 'neither stream nor shard is known' : 'the stream is known and the shard is not';
    throw new OperatorError(`the fault "${text}" can never strike: where ${name} does something, ${known}`, {
      code: 'fault-idle',
      hint: `Leave out ${strange.map((key) => `${key}=`).join(' and ')}; p=, nth=, every=, from= and to= narrow down any fault.`,
    });
  }
  if (nth !== undefined && every !== undefined && nth % every !== 0) {
    throw new OperatorError(`the fault "${text}" can never strike: time ${nth} is no ${every}th one`, {
      code: 'fault-idle',
      hint: 'Give nth= or every=, not both.',
    });
  }
}

function unreadable(text: string, why: string): OperatorError {
  return new OperatorError(`the fault "${text}" cannot be read: ${why}`, {
    code: 'fault-unreadable',
    hint: 'Write it like log.ack-then-drop{p=0.1,from=10s,to=1m,stream=orders,shard=0}; also nth=3 and every=5.',
  });
}

/** The text of a fault, which `parseFault` reads again. */
export function faultText({ name, fromNs, toNs, ...rest }: ArmedFault): string {
  const times = {
    ...(fromNs !== undefined && { from: timeText(fromNs) }),
    ...(toNs !== undefined && { to: timeText(toNs) }),
  };
  const parts = Object.entries({ ...rest, ...times }).map(([key, value]) => `${key}=${value}`);
  return parts.length === 0 ? name : `${name}{${parts.join(',')}}`;
}

function timeText(ns: number): string {
  return `${ns / NS_PER_MS}ms`;
}
