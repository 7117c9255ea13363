/**
 * Objects as a watcher of a destination sees them: a list of keys under a prefix, and bytes. Over sockets the AWS SDK does it
 * (`sdk-objects.ts`), in simulations the handler of an endpoint of the same process (`in-process-objects.ts`). A listing is
 * always whole: keys of delivered objects begin with the time of their oldest record, and one that was tried again for hours
 * comes to stand before those that were seen long ago.
 */

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  /** By the clock of the service, in whole seconds at AWS; ms since the epoch. */
  readonly lastModifiedMs: number;
}

export interface ReadObject {
  readonly body: Buffer;
}

/** What became of a request; like outcomes of calls, never an exception. */
export type ObjectOutcome<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

export interface ObjectSource {
  /** All objects whose keys begin with the prefix. */
  list(bucket: string, prefix: string): Promise<ObjectOutcome<readonly ListedObject[]>>;
  read(bucket: string, key: string): Promise<ObjectOutcome<ReadObject>>;
  remove(bucket: string, key: string): Promise<ObjectOutcome<null>>;
  close(): void;
}
