/**
 * The way of closed buffers to a destination that is spoken to. An attempt that fails is made again after a pause; when the pauses
 * together have lasted as long as the retry duration, what is left goes to the backup, in AWS's format of failed records. That
 * the duration begins with the first failure and leaves out the time of waiting for answers is AWS's for HTTP endpoints and Splunk;
 * for search clusters it has the attempts in it (source: RetryOptions of each in the service model). The last pause is cut so
 * that it ends with the duration (assumed).
 *
 * Buffers are handed over side by side, each with attempts of its own: behind one that waits for two hours the others would get
 * older than records get (assumed; AWS promises no order).
 */
import { NS_PER_MS, type Clock } from '../../clock.ts';
import type { Random } from '../../random.ts';
import type { StreamFaults } from '../faults.ts';
import type { Instant } from '../topology.ts';
import type { Application, Failure } from './application.ts';
import { Backoff } from './backoff.ts';
import type { Batch, HeldRecord } from './batch.ts';
import type { Until } from './delivery.ts';
import { uuid } from './object-key.ts';
import { ask, type Sender } from './sender.ts';

/** What a courier is made of. */
export interface CourierParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: StreamFaults;
  readonly sender: Sender;
  readonly streamArn: string;
  /** How the destination is spoken to now: the next attempt goes by it. */
  readonly application: () => Application;
  /** Takes a failed record as a line of the backup, as of its arrival. */
  readonly keep: (line: Uint8Array, at: Instant) => void;
}

/** Hands buffers over. */
export class Courier {
  readonly #parts: CourierParts;

  constructor(parts: CourierParts) {
    this.#parts = parts;
  }

  /** Hands a buffer over, all of it or what the backup does not get. */
  async carry(batch: Batch, until: Until): Promise<void> {
    const application = this.#parts.application();
    const pieces = application.pieces(batch.apart(numberOf(uuid(this.#parts.random))));
    await Promise.all(pieces.map((piece) => this.#deliver(piece, until)));
  }

  async #deliver(piece: readonly HeldRecord[], until: Until): Promise<void> {
    const { clock, random, faults, sender, streamArn } = this.#parts;
    const { signal } = until;
    const requestId = uuid(random);
    const backoff = new Backoff(random);
    const beganNs = clock.monotonicNs();
    let pausedNs = 0;
    let records = piece;
    for (let attempts = 1; ; attempts += 1) {
      const application = this.#parts.application();
      const verdict = await application.attempt(records, {
        clock,
        signal,
        requestId,
        streamArn,
        ask: (request, timeoutMs) => ask(sender, clock, request, { timeoutMs, signal }),
      });
      if (signal.aborted) return;
      const failed = verdict.again.length + verdict.never.length > 0;
      if (failed && faults.fires('fh.drop-on-503')) return;
      for (const failure of verdict.never) this.#fail(failure, attempts, application);
      records = verdict.again.map(({ record }) => record);
      if (records.length === 0) return;
      const spentNs = application.retryHasAttempts ? clock.monotonicNs() - beganNs : pausedNs;
      const leftNs = application.retryMs * NS_PER_MS - spentNs;
      if (leftNs > 0) {
        const pauseNs = Math.min(Math.round(backoff.nextMs() * NS_PER_MS), leftNs);
        pausedNs += pauseNs;
        await clock.sleepUntil(Math.min(clock.monotonicNs() + pauseNs, until.lastAttemptNs()), signal);
        if (signal.aborted) return;
        if (clock.monotonicNs() < until.lastAttemptNs()) continue;
      }
      for (const failure of verdict.again) this.#fail(failure, attempts, application);
      return;
    }
  }

  /** A line of the backup (members: the developer guide; their order assumed). */
  #fail({ record, code, message }: Failure, attempts: number, application: Application): void {
    const { clock, keep } = this.#parts;
    const line = {
      attemptsMade: attempts,
      arrivalTimestamp: record.arrivalMs,
      errorCode: code,
      errorMessage: message,
      attemptEndingTimestamp: clock.now(),
      rawData: Buffer.from(record.data).toString('base64'),
      ...application.particulars(record),
    };
    keep(Buffer.from(`${JSON.stringify(line)}\n`), { nowNs: clock.monotonicNs(), nowMs: record.arrivalMs });
  }
}

/** A GUID as a number: ids of records have digits alone. */
function numberOf(guid: string): string {
  return BigInt(`0x${guid.replaceAll('-', '')}`).toString();
}
