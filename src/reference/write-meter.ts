/** What was stored in one shard of an on-demand stream in the present window. Provisioned streams have none. */
export class WriteMeter {
  /** Data and partition keys. */
  bytes = 0;
  records = 0;
  /** The other half of the split that opened the shard, if the scaler made it. */
  twin: WriteMeter | undefined;
  /** How many splits led here one after the other whose other half stayed quiet. */
  unevenSplits: number;
  /** Whether more was stored in the last window than a shard is to take. */
  busy = false;

  constructor(unevenSplits = 0) {
    this.unevenSplits = unevenSplits;
  }

  /** Counts a record. */
  note(bytes: number): void {
    this.bytes += bytes;
    this.records += 1;
  }

  /** Ends the window and begins the next: whether in it more was stored than so much. */
  turn(bytesMax: number, recordsMax: number): void {
    this.busy = this.bytes > bytesMax || this.records > recordsMax;
    this.bytes = 0;
    this.records = 0;
  }
}
