/**
 * Records as a read found them: what an answer of GetRecords or an event of SubscribeToShard is written from. A page of
 * the log holds no record, only where they lie; it stays readable when the log trims them meanwhile.
 */
import type { Segment, StoredRecord } from './segment.ts';
import type { SequenceNumbers } from './sequence-number.ts';

/** A record on a page, with the digits of its sequence number. Valid until the next one is visited. */
export interface PageRecord extends StoredRecord {
  number: Uint8Array;
}

/** What a page holds, and where it ends. */
export interface PageBounds {
  readonly count: number;
  /** Data and partition keys. */
  readonly bytes: number;
  /** Ordinal after the last record of the page. */
  readonly next: number;
  /** Whether the page was cut by its byte limit. */
  readonly full: boolean;
}

/** A page of records of one shard. */
export interface RecordPage extends PageBounds {
  /** Shows every record in order. */
  each(visit: (record: PageRecord) => void): void;
}

/** Records of one segment, by ordinal: `to` is not among them. */
export interface Slice {
  readonly segment: Segment;
  readonly from: number;
  readonly to: number;
}

const nothing = Buffer.alloc(0);

/** A page as it lies in the log. */
export class StoredPage implements RecordPage {
  readonly count: number;
  readonly bytes: number;
  readonly next: number;
  readonly full: boolean;
  readonly #numbers: SequenceNumbers;
  readonly #slices: readonly Slice[];

  constructor(numbers: SequenceNumbers, slices: readonly Slice[], { count, bytes, next, full }: PageBounds) {
    this.count = count;
    this.bytes = bytes;
    this.next = next;
    this.full = full;
    this.#numbers = numbers;
    this.#slices = slices;
  }

  each(visit: (record: PageRecord) => void): void {
    const record: PageRecord = {
      block: nothing,
      dataAt: 0,
      keyAt: 0,
      end: 0,
      hasKey: true,
      encrypted: false,
      index: 0,
      arrivalMs: 0,
      number: nothing,
    };
    for (const { segment, from, to } of this.#slices) {
      for (let ordinal = from; ordinal < to; ordinal += 1) {
        segment.read(ordinal, record);
        record.number = this.#numbers.digits(record.index, Math.floor(record.arrivalMs / 1000));
        visit(record);
      }
    }
  }
}

/** A page of records that were taken out of a log. */
export class CopiedPage implements RecordPage {
  readonly count: number;
  readonly bytes: number;
  readonly next: number;
  readonly full: boolean;
  readonly #records: readonly PageRecord[];

  constructor(records: readonly PageRecord[], { bytes, next, full }: Omit<PageBounds, 'count'>) {
    this.#records = records;
    this.count = records.length;
    this.bytes = bytes;
    this.next = next;
    this.full = full;
  }

  each(visit: (record: PageRecord) => void): void {
    for (const record of this.#records) visit(record);
  }
}

/** The records of a page, each on its own. */
export function copies(page: RecordPage): PageRecord[] {
  const records: PageRecord[] = [];
  page.each((record) => records.push({ ...record, number: Uint8Array.from(record.number) }));
  return records;
}
