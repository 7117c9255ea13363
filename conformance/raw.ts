/**
 * Requests as bytes, for what a client that behaves would never send: no signature, half of one, another host, a body that is no
 * JSON. What is signed here is signed by the wire's own signer, and then spoilt by the check on purpose.
 */
import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { KINESIS_TARGET_PREFIX, type OperationName } from '../src/protocol/operations.ts';
import type { Credentials, KinesisEndpoint } from '../src/target/target.ts';
import { Signer } from '../src/wire/sign.ts';
import { headersOf } from '../src/wire/transport.ts';

export interface RawRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** How long an answer may take, in ms. */
const TIMEOUT_MS = 10_000;
const JSON_TYPE = 'application/x-amz-json-1.1';

/** What a signed request is made of; what is left out is as a client does it. */
export interface SignedParts {
  readonly operation: OperationName;
  readonly body: string | Uint8Array;
  readonly credentials: Credentials;
  /** Wall-clock time in ms since the epoch. */
  readonly nowMs: number;
  readonly contentType?: string;
  readonly region?: string;
  readonly service?: string;
  readonly host?: string;
}

/** A request signed as a client signs it. */
export function signedRequest({ url, region }: KinesisEndpoint, parts: SignedParts): RawRequest {
  const { operation, credentials, nowMs, contentType = JSON_TYPE } = parts;
  const body = Buffer.from(parts.body);
  const host = parts.host ?? new URL(url).host;
  const scope = { region: parts.region ?? region, service: parts.service ?? 'kinesis' };
  const target = `${KINESIS_TARGET_PREFIX}.${operation}`;
  const signature = new Signer(host, scope, contentType).sign(credentials, nowMs, target, body);
  return {
    method: 'POST',
    path: '/',
    headers: { host, ...headersOf({ target, contentType }, signature) },
    body,
  };
}

/** Sends a request over a connection of its own; undefined where no answer came. */
export function overSockets({ url, ca }: KinesisEndpoint, raw: RawRequest): Promise<RawAnswer | undefined> {
  const { protocol, hostname, port } = new URL(url);
  const { method, path, headers, body } = raw;
  return new Promise((resolve) => {
    const send = protocol === 'https:' ? https : http;
    const lines = { 'content-length': String(body.length), ...headers };
    const options = { hostname, port, method, path, headers: lines, agent: false, ca, timeout: TIMEOUT_MS };
    const sent = send(options, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('error', () => resolve(undefined));
      answer.on('end', () => {
        const named = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
        resolve({ status: answer.statusCode!, headers: Object.fromEntries(named), body: Buffer.concat(pieces) });
      });
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(undefined));
    sent.on('close', () => resolve(undefined));
    sent.end(body);
  });
}
