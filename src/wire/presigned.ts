/** A signed call as data, for whoever sends it himself: valid for five minutes by AWS's clock (source: SigV4, request date). */
import type { Clock } from '../clock.ts';
import { type Input, KINESIS_TARGET_PREFIX, type OperationName } from '../protocol/operations.ts';
import { BodyBuffer } from './body-buffer.ts';
import type { WireEndpoint } from './client.ts';
import { codecOf } from './codec.ts';
import { Signer } from './sign.ts';
import { headersOf } from './transport.ts';

export interface PresignedCall {
  /** Those of a `POST /` over HTTP/1.1, `host` among them; the length is the sender's to add. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Signs a call in JSON; rejects when there are no credentials. */
export async function presigned<O extends OperationName>(
  endpoint: WireEndpoint,
  clock: Clock,
  operation: O,
  input: Input<O>,
): Promise<PresignedCall> {
  const { contentType, write } = codecOf('json');
  const { host } = new URL(endpoint.url);
  const buffer = new BodyBuffer();
  write(buffer, input);
  const body = Buffer.from(buffer.body);
  const target = `${KINESIS_TARGET_PREFIX}.${operation}`;
  const signer = new Signer(host, { region: endpoint.region, service: 'kinesis' }, contentType);
  const signature = signer.sign(await endpoint.credentials(), clock.now(), target, body);
  return { headers: { host, ...headersOf({ target, contentType }, signature) }, body };
}
