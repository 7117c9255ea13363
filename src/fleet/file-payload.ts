/**
 * Rows of a data set as records: at the fleet's rate, or when their own time says. Agents take the rows in turn, so each reads
 * the whole file and keeps every n-th row of it; the file is read in pieces as it is needed, never as a whole.
 */
import { crc32 } from 'node:zlib';
import { partitionKeyOf } from '../scenario/key.ts';
import { fieldOf, rowsOf } from '../scenario/data-rows.ts';
import type { FieldPlan, FileData } from '../scenario/put-plan.ts';
import { timeNsOf } from '../scenario/row-time.ts';
import type { Share } from './pacer.ts';
import type { Draft, Payloads } from './payload.ts';

export interface FileSource {
  readonly data: FileData;
  /** Where it lies. */
  readonly path: string;
  readonly share: Share;
  /** The field that keys come from; null where they are drawn. */
  readonly keyField: FieldPlan | null;
  readonly nextKey: () => number;
  readonly identityOf: ((data: Buffer) => string | undefined) | null;
}

export class FilePayloads implements Payloads {
  readonly #source: FileSource;
  readonly #rows: Iterator<{ readonly row: Buffer; readonly round: number }>;
  #next: Buffer | undefined;

  constructor(source: FileSource) {
    this.#source = source;
    this.#rows = ownRows(source);
  }

  /** The rows' own due times, ns from the start; each is drafted before the next is asked for. */
  *schedule(): Generator<number> {
    const { data } = this.#source;
    const timing = data.timing!;
    // From the last row to the first of the next round as long as from row to row on average.
    const roundNs = timing.spanNs + timing.spanNs / Math.max(1, data.rows - 1);
    for (;;) {
      const next = this.#rows.next();
      if (next.done) return;
      const { row, round } = next.value;
      this.#next = row;
      const atNs = timeNsOf(fieldOf(row, timing.field), timing.field.name);
      yield (round * roundNs + atNs - timing.firstNs) / timing.speed;
    }
  }

  draft(): Draft | null {
    const row = this.#next ?? this.#take();
    if (!row) return null;
    this.#next = undefined;
    const { keyField, nextKey, identityOf } = this.#source;
    const written = keyField && fieldOf(row, keyField);
    const key = written === null ? nextKey() : crc32(written ?? '');
    const partitionKey = written ?? partitionKeyOf(key);
    return { key, partitionKey, dataBytes: row.length, made: row, identity: identityOf?.(row) };
  }

  data({ made }: Draft): Buffer {
    return made!;
  }

  #take(): Buffer | undefined {
    const next = this.#rows.next();
    return next.done ? undefined : next.value.row;
  }
}

/** This agent's rows, round by round. */
function* ownRows({ data, path, share }: FileSource): Generator<{ row: Buffer; round: number }> {
  let index = 0;
  for (let round = 0; round === 0 || data.loop; round += 1) {
    for (const row of rowsOf(path, data.format)) {
      if (index++ % share.agents === share.agent) yield { row, round };
    }
    if (index === 0) return;
  }
}
