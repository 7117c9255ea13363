import { expect, test } from 'vitest';
import { faultDescriptions } from './fault-descriptions.ts';

/**
 * The faults that the statements of the conformance catalogue need, by group: each statement about what the reference has names
 * the defect that must break it, so a name that is missing here or there is a check that nothing proves.
 */
const catalogue = {
  api: 'arn-ignored cbor-string-blob coerce-types dryrun-writes first-error-only max-off-by-one missing-stream-autocreate type-missing unknown-op-200',
  batch:
    'both-fields code-other count-wrong failed-but-stored former-cap partial-on-invalid reorder-results skip-invalid stop-at-first',
  ch: 'backfills invalid-delivered no-children takes-quota',
  data: 'key-trimmed utf8-normalise',
  efo: 'bad-crc continuation-ahead drop-on-burst dup-name immortal no-heartbeat no-limit shared-quota silent-end two-live',
  enc: 'flag-missing key-state-ignored old-unreadable',
  fh: 'adds-newline batch-501 conv-gzip copy-skipped count-wrong dropped-delivered drop-on-503 gzip-truncated hint-single-ok interval-ignored local-time lose-on-rotate no-retry partition-mixed recordid-unchecked schema-null size-ignored version-unchecked',
  hash: 'ehk-ignored ehk-wraps end-exclusive little-endian low-bits salted-per-conn',
  imm: 'ack-before-fsync append-after-close bit-rot compaction-reorders reencrypt-corrupts timestamp-now upsert-by-key',
  iter: 'after-is-at at-is-after consumes-on-read crash-on-garbage foreign-seq future-ok horizon-skips-first latest-includes-last lenient-combo never-expires null-when-empty too-long ts-seconds-floor ts-strict',
  life: 'create-resets default-shards-1 delete-ignores-channels delete-ignores-consumers delete-keeps-log skip-creating-status stale-summary',
  list: 'filter-includes-closed page-drop-boundary token-immortal',
  log: 'ack-then-drop double-append store-then-reject',
  lr: 'key-not-counted no-bucket range truncate-1mib',
  mc: 'checkpoint-ahead head-of-line quota-per-client shared-cursor',
  od: 'mode-lost never-scales single-shard switch-truncates warm-any',
  ord: 'async-commit batch-shuffle commit-by-size seq-repeats-after-chain swap-adjacent',
  part: 'auto-accepted length-in-bytes',
  pol: 'default-null not-enforced',
  poll: 'behind-always-0 int-gap limit-plus-one no-size-cap repeat-last skip-on-limit',
  read: 'replica-diverges',
  replay: 'from-block-start sampled',
  reshard:
    'adjacent-missing bound-inclusive child-opens-early child-overlap closed-404 drops-parent inflight-lost merge-any no-children no-lock od-allowed rewrites-parent route-to-parent unbounded',
  ret: 'bounds-off decrease-noop default-168 delete-on-read horizon-stuck never-trims soft-delete-resurrects trim-early trimmed-seq-error zombie-shard',
  sec: 'anonymous-ok any-key both-ok crash-on-deep iter-forge leak-canonical lenient-header no-skew-check payload-unsigned scope-ignored shape-only token-immortal',
  seq: 'clock-backwards collide-in-shard end-too-small hex renumber-on-read sfo-unchecked',
  shard: 'range-gap',
  tag: 'append-only two-stores',
  thr: 'bytes-ignored control-off error-with-data off per-stream read-bytes-off read-tps-off sticky too-strict',
};

test('every fault of the catalogue exists by its name, and no other', () => {
  const named = Object.entries(catalogue).flatMap(([group, names]) =>
    names.split(' ').map((name) => `${group}.${name}`),
  );
  expect(Object.keys(faultDescriptions).toSorted()).toEqual(named.toSorted());
});
