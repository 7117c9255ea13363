/**
 * Who asks: accounts with a key each, requests signed as the session's endpoint wants them, and answers read by parsers that
 * are not ours.
 */
import { decode } from 'cborg';
import { KINESIS_TARGET_PREFIX } from '../src/protocol/operations.ts';
import type { EndpointRequest } from '../src/reference/endpoint.ts';
import { Signer } from '../src/wire/sign.ts';
import { headersOf } from '../src/wire/transport.ts';
import type { Form } from './encoding.ts';

/** An account that calls. */
export interface Caller {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly accountId: string;
}

const caller = (accountId: string): Caller => ({ accessKeyId: accountId, secretAccessKey: `s${accountId}`, accountId });

/** Those that the fuzz calls as; the first is at home. */
export const callers: readonly Caller[] = ['000000000000', '111111111111', '222222222222'].map(caller);
/** Whose canary nobody else can reach. */
export const keeper: Caller = caller('999999999999');

/** The content type of a form. */
export const contentTypes: Readonly<Record<Form, string>> = {
  json: 'application/x-amz-json-1.1',
  cbor: 'application/x-amz-cbor-1.1',
};

const signerOf = (form: Form) =>
  new Signer('reference', { region: 'us-east-1', service: 'kinesis' }, contentTypes[form]);
const signers: Readonly<Record<Form, Signer>> = { json: signerOf('json'), cbor: signerOf('cbor') };

/** A request for an operation, signed. */
export function requestOf(
  from: Caller,
  nowMs: number,
  operation: string,
  form: Form,
  body: Buffer,
): EndpointRequest & { readonly body: Buffer } {
  const target = `${KINESIS_TARGET_PREFIX}.${operation}`;
  const headers = headersOf({ target, contentType: contentTypes[form] }, signers[form].sign(from, nowMs, target, body));
  return { method: 'POST', path: '/', headers: { host: 'reference', ...headers }, body };
}

/** The value of a body; throws where it is none of its form. Times of CBOR become Dates. */
export function valueOf(form: Form, body: Uint8Array): unknown {
  if (body.length === 0) return undefined;
  if (form === 'json') return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  return decode(body, { tags: { 1: (inner: () => unknown) => new Date(Number(inner())) } });
}
