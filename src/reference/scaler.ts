/**
 * How an on-demand stream grows from what is written into it. Nothing runs in the background: a put adds two numbers to the
 * meter of its shard, and whoever asks first after the end of a window judges it as of that end.
 *
 * Model: windows of equal length, one after the other. A shard that stored more in a window than half of what it can take
 * is split in the middle of its hash keys some minutes later (limits/aws.yaml has the figures). AWS publishes two rules,
 * that a shard over 500 KB/s is split and that a stream takes twice its peak; the first one brings about the second: where no
 * shard is more than half full, twice as much fits. For the same reason there is no rule that throttles a load that has
 * more than doubled: until the splits are made, the buckets of the shards do.
 *
 * A load of one partition key cannot be divided. Splits whose other half stays quiet are therefore given up after a few, or
 * such a key would be chased through all 128 bits of its hash. The trade-off: two hot keys close together may stay together.
 *
 * Assumed: only what is stored counts, not what is throttled; a stream stays ACTIVE while it grows, and never shrinks.
 */
import { NS_PER_MS, NS_PER_S } from '../clock.ts';
import type { Limits } from './limits.ts';
import type { Shard } from './shard.ts';
import type { Instant, Topology } from './topology.ts';
import { WriteMeter } from './write-meter.ts';

/** Watches one stream while it is on-demand. */
export class Scaler {
  readonly #topology: Topology;
  readonly #figures: Limits['onDemand'];
  readonly #windowNs: number;
  #windowEndsNs: number;
  /** Splits that are planned and not made. */
  #planned = 0;
  #stopped = false;

  /** The first window begins now. */
  constructor(topology: Topology, figures: Limits['onDemand'], nowNs: number) {
    this.#topology = topology;
    this.#figures = figures;
    this.#windowNs = figures.windowS * NS_PER_S;
    this.#windowEndsNs = nowNs + this.#windowNs;
    for (const shard of topology.open) shard.meter = new WriteMeter();
  }

  /** Nothing is observed any more, and what is planned is not done. */
  stop(): void {
    this.#stopped = true;
    for (const shard of this.#topology.shards) shard.meter = undefined;
  }

  /** Judges the window that has ended, if one has. Of several, only the first can have seen a put. */
  settle({ nowNs, nowMs }: Instant): void {
    const overNs = nowNs - this.#windowEndsNs;
    if (overNs < 0) return;
    this.#judge({ nowNs: this.#windowEndsNs, nowMs: nowMs - Math.round(overNs / NS_PER_MS) });
    this.#windowEndsNs += this.#windowNs * (Math.floor(overNs / this.#windowNs) + 1);
  }

  #judge({ nowNs, nowMs }: Instant): void {
    const { windowS, splitBytesPerS, splitRecordsPerS, splitAfterS, shardsMax } = this.#figures;
    const { open } = this.#topology;
    for (const { meter } of open) meter?.turn(splitBytesPerS * windowS, splitRecordsPerS * windowS);
    const room = Math.max(0, shardsMax - open.length - this.#planned);
    const full = open
      .filter((shard) => this.#divisible(shard))
      .slice(0, room)
      .filter(({ faults }) => !faults.fires('od.never-scales'));
    if (full.length === 0) return;
    this.#planned += full.length;
    const at = {
      nowNs: nowNs + Math.round(splitAfterS * NS_PER_S),
      nowMs: nowMs + Math.round(splitAfterS * 1000),
    };
    this.#topology.plan(at, full, (instant) => {
      this.#planned -= full.length;
      // A shard may have been closed meanwhile by another change.
      if (!this.#stopped)
        this.#split(
          full.filter(({ closedMs }) => closedMs === undefined),
          instant,
        );
    });
  }

  /** Whether a shard was too full, is not to be closed in any case, and may be split with success. */
  #divisible({ meter, range, closesAtNs }: Shard): boolean {
    if (!meter?.busy || closesAtNs !== Number.POSITIVE_INFINITY || range.start === range.end) return false;
    if (!meter.twin || meter.twin.busy) meter.unevenSplits = 0;
    return meter.unevenSplits < this.#figures.unevenSplitsMax;
  }

  #split(full: readonly Shard[], at: Instant): void {
    for (const [shard, [lower, upper]] of this.#topology.halve(full, at)) {
      const unevenSplits = (shard.meter?.unevenSplits ?? 0) + 1;
      lower.meter = new WriteMeter(unevenSplits);
      upper.meter = new WriteMeter(unevenSplits);
      lower.meter.twin = upper.meter;
      upper.meter.twin = lower.meter;
    }
  }
}
