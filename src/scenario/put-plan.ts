/** How a producing fleet hands its records over: gathered, retried, aggregated; and what is in them. Parts of the plan. */

/** Records fall due one by one and wait until their batch is full, or until the oldest has lingered. */
export interface GatherPlan {
  /** Records of a call at the most. */
  readonly recordsMax: number;
  /** Bytes of a call at the most, data and keys. */
  readonly bytesMax: number;
  /** How long a record waits for others at the most. */
  readonly lingerNs: number;
}

export type RetryPlan =
  /** One attempt. */
  { readonly policy: 'none' } | SdkRetryPlan | KplRetryPlan;

/** The whole call again, as the AWS SDKs do in standard mode. */
export interface SdkRetryPlan {
  readonly policy: 'sdk';
  /** Attempts of one call at the most, the first included. */
  readonly attemptsMax: number;
}

/** Failed records go back into the buffer, as with the KPL. */
export interface KplRetryPlan {
  readonly policy: 'kpl';
  /** Share of a shard's limits that one agent sends to it at the most: 1.5 for 150 %. */
  readonly limitShare: number;
  /** After which a record is given up, counted from when it was due. */
  readonly timeToLiveNs: number;
}

/** User records put together into records of the stream, in the KPL's format. */
export interface AggregatePlan {
  /** User records in one record of the stream at the most. */
  readonly recordsMax: number;
  /** Bytes of a record of the stream at the most, data and key. */
  readonly bytesMax: number;
}

/** What stands in the data of a record. */
export type DataPlan =
  /** Bytes that do not compress. */
  | { readonly kind: 'random' }
  | { readonly kind: 'zeros' }
  /** A JSON text made of a template, whose placeholders are read again where records are made. */
  | { readonly kind: 'json'; readonly template: JsonValue }
  /** A text with placeholders of the same kind. */
  | { readonly kind: 'text'; readonly template: string }
  | FileData;

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [field: string]: JsonValue };

/** Rows of a file, as they are. What was found in it when the plan was made stands here, so that another file is another plan. */
export interface FileData {
  readonly kind: 'file';
  /** As written: from the scenario's folder. */
  readonly path: string;
  readonly format: RowFormat;
  /** Of the whole file, hexadecimal. */
  readonly sha256: string;
  readonly rows: number;
  /** Bytes of all rows, without what parts them. */
  readonly bytes: number;
  readonly bytesMax: number;
  /** Begins anew at its end. */
  readonly loop: boolean;
  /** When rows are due; null where the fleet's rate says it. */
  readonly timing: RowTiming | null;
}

export interface RowTiming {
  readonly field: FieldPlan;
  /** Time of the first row, ns since the epoch. */
  readonly firstNs: number;
  /** From the first row to the last, ns. */
  readonly spanNs: number;
  /** The file's time goes so many times as fast. */
  readonly speed: number;
}

export const rowFormats = ['jsonl', 'lines', 'csv', 'length-delimited'] as const;
export type RowFormat = (typeof rowFormats)[number];

/** A field of a row: a path of dots into JSON, or a column of CSV. */
export interface FieldPlan {
  readonly name: string;
  /** Of CSV, from 0; null for JSON. */
  readonly column: number | null;
}

/** How the ledger tells records apart. */
export type IdentifyPlan =
  /** By the tag that is put into them. */
  | { readonly by: 'tag' }
  /** By where they were put: the acknowledged shard and sequence number. */
  | { readonly by: 'sequence-number' }
  /** By the value of a field of their own. */
  | { readonly by: 'field'; readonly field: FieldPlan };
