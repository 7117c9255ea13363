/**
 * Which faults of the reference the ledger finds in a run, as which class, and under which load; and those it cannot see, each
 * with the reason. Every fault is in one of the two lists.
 */
import { faultDescriptions, type FaultName } from '../reference/faults.ts';
import type { Anomaly } from '../verify/ledger-report.ts';

/** What a run must have for a fault to show. */
export interface FaultLoad {
  /** More than a shard takes, so that records are throttled. */
  readonly throttled?: boolean;
  readonly shards?: number;
  /** Polls while the load goes on, beside the sweep. */
  readonly polled?: boolean | 'in pages';
  /** Something that happens to the stream after half of the load. */
  readonly event?: 'split' | 'merge' | 'encrypt' | 'switch-mode' | 'create' | 'restart';
  /** One key, and more than a second between two puts. */
  readonly slow?: boolean;
}

export interface FoundFault {
  /** As `parseFault` reads it: a fault may be held to a part of the run. */
  readonly fault: string;
  readonly finds: Anomaly;
  /** Classes that come along: a record that comes twice is redelivered, too. */
  readonly besides?: readonly Anomaly[];
  readonly load?: FaultLoad;
}

/** The load goes on for four seconds after the first; polls and the drain until the seventh; the sweeps come after it. */
const WHILE_POLLED = '{to=6s}';

export const found: readonly FoundFault[] = [
  { fault: 'log.ack-then-drop', finds: 'lost', load: { polled: true } },
  { fault: 'iter.horizon-skips-first', finds: 'lost' },
  { fault: 'replay.sampled', finds: 'lost', load: { polled: true } },
  { fault: 'replay.sampled', finds: 'lost' },
  { fault: 'poll.int-gap', finds: 'lost' },
  { fault: 'poll.skip-on-limit', finds: 'lost', load: { shards: 1 } },
  { fault: 'ret.delete-on-read', finds: 'lost', load: { polled: true } },
  { fault: 'reshard.inflight-lost', finds: 'lost', load: { event: 'split' } },
  { fault: 'reshard.inflight-lost', finds: 'lost', load: { event: 'merge', shards: 2 } },
  { fault: 'reshard.drops-parent', finds: 'lost', load: { event: 'split' } },
  // The numbers of the lost are given again: what comes next stands where, or before where, they stood.
  { fault: 'imm.ack-before-fsync', finds: 'lost', besides: ['reordered'], load: { event: 'restart' } },
  { fault: 'enc.old-unreadable', finds: 'lost', load: { event: 'encrypt' } },
  { fault: 'od.switch-truncates', finds: 'lost', load: { event: 'switch-mode' } },
  { fault: 'life.create-resets', finds: 'lost', load: { event: 'create' } },
  { fault: `poll.int-gap${WHILE_POLLED}`, finds: 'missed', load: { polled: true } },
  { fault: `poll.skip-on-limit${WHILE_POLLED}`, finds: 'missed', load: { polled: 'in pages' } },
  { fault: `mc.shared-cursor${WHILE_POLLED}`, finds: 'missed', load: { polled: 'in pages' } },
  { fault: 'log.double-append', finds: 'duplicated', load: { polled: true } },
  { fault: 'log.store-then-reject', finds: 'ghost', load: { throttled: true } },
  { fault: 'batch.failed-but-stored', finds: 'ghost', load: { throttled: true } },
  { fault: 'batch.reorder-results', finds: 'changed', load: { shards: 2 } },
  { fault: 'data.utf8-normalise', finds: 'changed', load: { polled: true } },
  { fault: 'imm.bit-rot', finds: 'changed' },
  { fault: 'imm.timestamp-now', finds: 'changed' },
  { fault: 'imm.timestamp-now', finds: 'changed', load: { polled: true } },
  { fault: 'imm.reencrypt-corrupts', finds: 'changed', load: { event: 'encrypt' } },
  { fault: 'read.replica-diverges', finds: 'changed', load: { polled: true } },
  { fault: 'reshard.rewrites-parent', finds: 'changed', load: { event: 'split' } },
  { fault: 'seq.renumber-on-read', finds: 'changed' },
  { fault: 'imm.append-after-close', finds: 'reordered', load: { event: 'split' } },
  { fault: 'imm.compaction-reorders', finds: 'reordered' },
  { fault: 'ord.batch-shuffle', finds: 'reordered' },
  { fault: 'ord.commit-by-size', finds: 'reordered' },
  { fault: 'ord.swap-adjacent', finds: 'reordered' },
  { fault: 'poll.repeat-last', finds: 'reordered', besides: ['redelivered'] },
  { fault: 'reshard.child-opens-early', finds: 'reordered', load: { event: 'split' } },
  { fault: 'seq.clock-backwards', finds: 'reordered', load: { slow: true } },
  { fault: 'seq.collide-in-shard', finds: 'reordered' },
];

const reasons = {
  api: 'how an endpoint takes requests and words its answers is for `kinebench conform`',
  outcome: 'an answer that is only worded wrong; the record was refused, and is not there',
  unsent: 'no producer of a run sends what provokes it',
  unread: 'no consumer of a run reads in the way that provokes it',
  routing:
    'records go to another shard than their key says, and are acknowledged there: every read agrees with the put',
  promise:
    'it breaks an order that nobody was promised: of different keys, or of puts that were not acknowledged in between',
  opaque: 'a number is text to the ledger: this one is odd, and yet the same for the put and for every read',
  closed:
    'what a closed shard is said to hold is not the ledger’s: its records are there, acknowledged where they stand',
  delivery:
    'the ledger reads Kinesis streams, and does not follow records into the destination of a delivery stream yet',
  channels: 'no run makes a channel, and the ledger does not follow records into one',
  unfinished: 'the sweep cannot come to its end, so nothing is judged: the run is invalid, not broken',
  age: 'a load of this list is shorter than any retention; a longer one is in expiry.simulation.test.ts',
  shown: 'records are all there; what is said of them, or how many come at once, is wrong',
  limits: 'limits are measured by the run, not by the ledger',
  gone: 'the stream is the run’s own, made once and deleted after the sweep',
  fanOut: 'consumers of a run poll',
  control: 'the control plane is for `kinebench conform`',
  unique: 'no two records of a run are equal',
  security: 'who may do what is for `kinebench conform`',
} as const;

/** By name, or by the part before the dot where it holds for all of them that are not found. */
export const unseen: Readonly<
  Partial<Record<FaultName | 'api' | 'ch' | 'efo' | 'fh' | 'hash' | 'list' | 'pol' | 'sec' | 'tag' | 'thr', string>>
> = {
  api: reasons.api,
  ch: reasons.channels,
  efo: reasons.fanOut,
  fh: reasons.delivery,
  hash: reasons.routing,
  list: reasons.control,
  pol: reasons.security,
  sec: reasons.security,
  tag: reasons.control,
  thr: reasons.limits,
  'batch.both-fields': reasons.outcome,
  'batch.code-other': reasons.outcome,
  'batch.count-wrong': reasons.outcome,
  'batch.former-cap': reasons.unsent,
  'batch.partial-on-invalid': reasons.unsent,
  'batch.skip-invalid': reasons.unsent,
  'batch.stop-at-first': reasons.outcome,
  'data.key-trimmed': reasons.unsent,
  'enc.flag-missing': reasons.api,
  'enc.key-state-ignored': reasons.unsent,
  'imm.upsert-by-key': reasons.unique,
  'iter.after-is-at': reasons.unread,
  'iter.at-is-after': reasons.unread,
  'iter.consumes-on-read': reasons.unread,
  'iter.crash-on-garbage': reasons.unread,
  'iter.foreign-seq': reasons.unread,
  'iter.future-ok': reasons.unread,
  'iter.latest-includes-last': reasons.unread,
  'iter.lenient-combo': reasons.unread,
  'iter.never-expires': reasons.unread,
  'iter.null-when-empty': reasons.unfinished,
  'iter.too-long': reasons.api,
  'iter.ts-seconds-floor': reasons.unread,
  'iter.ts-strict': reasons.unread,
  'life.default-shards-1': reasons.control,
  'life.delete-keeps-log': reasons.gone,
  'life.delete-ignores-channels': reasons.gone,
  'life.delete-ignores-consumers': reasons.gone,
  'life.skip-creating-status': reasons.control,
  'life.stale-summary': reasons.control,
  'lr.key-not-counted': reasons.unsent,
  'lr.no-bucket': reasons.limits,
  'lr.range': reasons.control,
  'lr.truncate-1mib': reasons.unsent,
  'mc.checkpoint-ahead': reasons.unread,
  'mc.head-of-line': reasons.fanOut,
  'mc.quota-per-client': reasons.limits,
  'od.mode-lost': reasons.control,
  'od.never-scales': reasons.limits,
  'od.single-shard': reasons.control,
  'od.warm-any': reasons.control,
  'ord.async-commit': reasons.promise,
  'ord.seq-repeats-after-chain': reasons.unsent,
  'part.auto-accepted': reasons.control,
  'part.length-in-bytes': reasons.unsent,
  'poll.behind-always-0': reasons.shown,
  'poll.limit-plus-one': reasons.shown,
  'poll.no-size-cap': reasons.shown,
  'replay.from-block-start': reasons.unread,
  'reshard.adjacent-missing': reasons.control,
  'reshard.bound-inclusive': reasons.control,
  'reshard.child-overlap': reasons.control,
  'reshard.closed-404': reasons.unfinished,
  'reshard.merge-any': reasons.control,
  'reshard.no-children': reasons.control,
  'reshard.no-lock': reasons.control,
  'reshard.od-allowed': reasons.control,
  'reshard.route-to-parent': reasons.closed,
  'reshard.unbounded': reasons.control,
  'ret.bounds-off': reasons.age,
  'ret.decrease-noop': reasons.age,
  'ret.default-168': reasons.age,
  'ret.horizon-stuck': reasons.age,
  'ret.never-trims': reasons.age,
  'ret.soft-delete-resurrects': reasons.age,
  'ret.trim-early': reasons.age,
  'ret.trimmed-seq-error': reasons.age,
  'ret.zombie-shard': reasons.age,
  'seq.end-too-small': reasons.closed,
  'seq.hex': reasons.opaque,
  'seq.sfo-unchecked': reasons.unsent,
  'shard.range-gap': reasons.control,
};

/** Faults that are in neither list, and those that are in both. */
export function misfiled(): string[] {
  const names = new Set(found.map(({ fault }) => fault.split('{')[0]!));
  const group = (name: string) => name.split('.')[0]! as keyof typeof unseen;
  const all = Object.keys(faultDescriptions) as FaultName[];
  const neither = all.filter((name) => !names.has(name) && !(name in unseen) && !(group(name) in unseen));
  const both = [...names].filter((name) => name in unseen);
  const unknown = [...names, ...Object.keys(unseen)].filter(
    (name) => !all.some((each) => each === name || each.startsWith(`${name}.`)),
  );
  return [...neither, ...both, ...unknown];
}
