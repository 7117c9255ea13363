import { errorStatus, type ErrorName } from '../protocol/errors.ts';

/** What the reference says instead of an answer: an error of the service, as a value. `atNs` is when it is sent (else at once). */
export class Refusal {
  readonly name: ErrorName;
  readonly message: string | undefined;
  readonly atNs: number | undefined;
  /** Members that a fault adds to the error body; a correct endpoint has none. */
  readonly extra: Readonly<Record<string, unknown>> | undefined;

  constructor(
    name: ErrorName,
    message?: string,
    options: { atNs?: number; extra?: Readonly<Record<string, unknown>> } = {},
  ) {
    this.name = name;
    this.message = message;
    this.atNs = options.atNs;
    this.extra = options.extra;
  }

  /** The HTTP status of the error. */
  get status(): number {
    return errorStatus[this.name];
  }

  /** The body as AWS writes it; SerializationException alone spells `Message` with a capital (observed). */
  toBody(): Record<string, unknown> {
    const spelling = this.name === 'SerializationException' ? 'Message' : 'message';
    const text = this.message === undefined ? {} : { [spelling]: this.message };
    return { __type: this.name, ...text, ...this.extra };
  }
}

/** An argument that the service refuses. */
export function invalid(message: string): Refusal {
  return new Refusal('InvalidArgumentException', message);
}
