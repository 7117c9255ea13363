/** What the clients of the JSON and CBOR services have in common: a call as its transport sees it, and how a refusal reads. */
import type { Clock } from '../clock.ts';
import type { BodyBuffer } from './body-buffer.ts';
import { type Codec, readBody } from './codec.ts';
import type { Broken, Refused } from './outcome.ts';
import { type Scope, type Signature, Signer, type SigningCredentials } from './sign.ts';
import type { Transport, TransportRequest, TransportResponse } from './transport.ts';

/** Time a call may take when its caller does not say, in ns. */
const TIMEOUT_NS_DEFAULT = 10_000_000_000;

export interface CallOptions {
  readonly timeoutNs?: number;
  /** Called when the first byte is handed to the socket, with that time in ns. */
  readonly onSent?: (sentNs: number) => void;
}

/** A transport, and what is needed to write and sign what goes over it. */
export interface Way {
  readonly transport: Transport;
  readonly signer: Signer;
  readonly codec: Codec;
  readonly clock: Clock;
}

/** The way to one service of a host. */
export function wayOver(
  transport: Transport,
  { host, scope, codec, clock }: { host: string; scope: Scope; codec: Codec; clock: Clock },
): Way {
  return { transport, signer: new Signer(host, scope, codec.contentType, transport.hostHeader), codec, clock };
}

/** A body before it is sent, and its SHA-256 in hexadecimal. */
export interface Written {
  readonly bytes: Buffer;
  readonly digest: string;
}

/** A call as its transport sees it. */
export class SignedRequest implements TransportRequest {
  readonly target: string;
  readonly contentType: string;
  readonly timeoutNs: number;
  readonly onSent: ((sentNs: number) => void) | undefined;
  readonly #input: object;
  readonly #credentials: SigningCredentials;
  readonly #way: Way;
  readonly #written: Written | undefined;

  /** @param target value of `x-amz-target` */
  constructor(
    target: string,
    input: object,
    options: CallOptions,
    credentials: SigningCredentials,
    way: Way,
    written?: Written,
  ) {
    this.target = target;
    this.contentType = way.codec.contentType;
    this.timeoutNs = options.timeoutNs ?? TIMEOUT_NS_DEFAULT;
    this.onSent = options.onSent;
    this.#input = input;
    this.#credentials = credentials;
    this.#way = way;
    this.#written = written;
  }

  write(into: BodyBuffer): void {
    if (!this.#written) {
      this.#way.codec.write(into, this.#input);
      return;
    }
    const { bytes } = this.#written;
    into.reserve(bytes.length);
    into.at += bytes.copy(into.bytes, into.at);
  }

  sign(body: Uint8Array): Signature {
    const { signer, clock } = this.#way;
    return signer.sign(this.#credentials, clock.now(), this.target, body, this.#written?.digest);
  }
}

/** That there are no keys to sign with. */
export function unsigned(error: unknown, clock: Clock): Broken {
  const atNs = clock.monotonicNs();
  const message = `no credentials: ${String(error)}`;
  return { kind: 'connection', reason: 'credentials', message, maybe: false, sentNs: atNs, answeredNs: atNs };
}

/** What a whole answer says that is none of those that were hoped for. */
export function refusalOf({ status, body, contentType, sentNs, answeredNs }: TransportResponse, codec: Codec): Refused {
  const fields = Object(readBody(body, contentType, codec)) as Record<string, unknown>;
  const type = typeof fields['__type'] === 'string' ? fields['__type'].split('#').at(-1)! : undefined;
  const message = fields['message'] ?? fields['Message'];
  return {
    kind: 'error',
    code: type ?? (status === 200 ? 'unreadable-answer' : `http-${status}`),
    message: typeof message === 'string' ? message : body.toString('utf8', 0, 200),
    status,
    sentNs,
    answeredNs,
  };
}
