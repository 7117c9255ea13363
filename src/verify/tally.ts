/** Counts of each class, and the first few of each by name. */
import type { KnownPlace } from './place-sample.ts';
import { anomalies, type Anomaly, type Witness } from './ledger-report.ts';

const WITNESSES = 5;

export class Tally {
  readonly counts = Object.fromEntries(anomalies.map((anomaly) => [anomaly, 0])) as Record<Anomaly, number>;
  readonly #kept = Object.fromEntries(anomalies.map((anomaly): [Anomaly, Witness[]] => [anomaly, []])) as Record<
    Anomaly,
    Witness[]
  >;
  readonly #suspects = new Map<string, Witness>();

  /** The first few of each class that is counted. */
  get witnesses(): Witness[] {
    return anomalies.flatMap((anomaly) => (this.counts[anomaly] > 0 ? this.#kept[anomaly] : []));
  }

  /** @param place where it was acknowledged, if that is known */
  add(anomaly: Anomaly, producer: string, counter: number, detail: string, place?: KnownPlace): void {
    this.counts[anomaly] += 1;
    const suspect =
      this.#suspects.get(keyOf({ anomaly, producer, counter })) ??
      (place && { anomaly, producer, counter, ...place, detail });
    const kept = this.#kept[anomaly];
    if (suspect) {
      // Somebody was there: to be told where is worth more than being the first.
      if (kept.length >= WITNESSES) dropUnplaced(kept);
      this.keep(suspect);
    } else if (kept.length < WITNESSES) {
      this.keep({ anomaly, producer, counter, shardId: null, sequenceNumber: null, detail });
    }
  }

  /** Keeps a witness without counting, once for each record: the first to speak says most. */
  keep(witness: Witness): void {
    const kept = this.#kept[witness.anomaly];
    if (kept.length >= WITNESSES) return;
    if (witness.counter >= 0 && kept.some((other) => keyOf(other) === keyOf(witness))) return;
    kept.push(witness);
  }

  /** A witness of what is a fault only if the record is counted as one. */
  suspect(witness: Witness): void {
    this.#suspects.set(keyOf(witness), witness);
  }
}

function keyOf({ anomaly, producer, counter }: Pick<Witness, 'anomaly' | 'producer' | 'counter'>): string {
  return `${anomaly} ${producer} ${counter}`;
}

function dropUnplaced(kept: Witness[]): void {
  const at = kept.findLastIndex(({ shardId }) => shardId === null);
  if (at !== -1) kept.splice(at, 1);
}
