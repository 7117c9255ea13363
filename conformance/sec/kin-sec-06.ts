/** KIN-SEC-06: the signature covers the body. */
import { hash } from 'node:crypto';
import type { Context } from '../context.ts';
import { statement } from '../statement.ts';
import { type Forgery, judgeForgeries, signedPut, tryAll, withHeaders } from './forgery.ts';

export const kinSec06 = statement({
  id: 'KIN-SEC-06',
  level: 'MUST',
  profile: 'security',
  evidence: ['inferred'],
  sentence: 'A request whose body was changed after it was signed is refused, and stores nothing.',
  source: 'Signature Version 4, hash of the payload',
  fault: 'sec.payload-unsigned',
  needs: [],
  exercises: { 'good requests': 1, forgeries: 2 },
  check: async (context) => {
    const stream = await context.stream(1);
    const plain = await signedPut(context, stream, 'PutRecord with Data changed after signing');
    // Who believes what a request says of its own body is caught by the second form.
    const signed = await signedPut(context, stream, "the same with the signed body's hash in a header");
    const told = withHeaders(signed, { 'x-amz-content-sha256': hash('sha256', signed.request.body, 'hex') });
    const tried = await tryAll(context, stream, [spoilt(context, plain), spoilt(context, told)]);
    return judgeForgeries(tried, ['InvalidSignatureException', 'SignatureDoesNotMatch', 'XAmzContentSHA256Mismatch']);
  },
});

/** The same request with the data of another record in its body. */
function spoilt(context: Context, forgery: Forgery): Forgery {
  const data = context.data();
  const body = Buffer.from(Buffer.from(forgery.request.body).toString().replace(forgery.data, data));
  return { ...forgery, data, request: { ...forgery.request, body } };
}
