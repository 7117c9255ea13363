/**
 * A fault inside one written value, thrown by the small parsers (units, keys, expectations) and caught where the value's
 * place in the file is known. It never leaves the scenario part.
 */
export class TextFault extends Error {
  override readonly name = 'TextFault';
  /** The way out, without a full stop. */
  readonly wayOut: string;
  /** Where in the value, in characters from its start. */
  readonly offset: number;

  constructor(what: string, wayOut: string, offset = 0) {
    super(what);
    this.wayOut = wayOut;
    this.offset = offset;
  }
}
