/** Signature Version 4 of a request with a query, which no client of Kinesis sends: for checks alone. */
import { createHmac, hash } from 'node:crypto';
import type { Credentials } from '../../src/target/target.ts';
import { signingKey } from '../../src/wire/sign.ts';
import type { RawRequest } from '../raw.ts';

/**
 * Signs a request of `POST /` again, for another query.
 * @param query in canonical form: sorted, and encoded as the standard has it
 */
export function signedWithQuery(
  request: RawRequest,
  query: string,
  credentials: Credentials,
  region: string,
): RawRequest {
  const { headers, body } = request;
  const { authorization = '', 'x-amz-date': date = '' } = headers;
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? '';
  const day = date.slice(0, 8);
  const lines = names.split(';').map((name) => `${name}:${headers[name]}\n`);
  const canonical = `POST\n/\n${query}\n${lines.join('')}\n${names}\n${hash('sha256', body, 'hex')}`;
  const text = `AWS4-HMAC-SHA256\n${date}\n${day}/${region}/kinesis/aws4_request\n${hash('sha256', canonical, 'hex')}`;
  const key = signingKey(credentials.secretAccessKey, day, { region, service: 'kinesis' });
  const signature = createHmac('sha256', key).update(text).digest('hex');
  const signed = authorization.replace(/Signature=.*$/, `Signature=${signature}`);
  return { ...request, path: `/?${query}`, headers: { ...headers, authorization: signed } };
}
