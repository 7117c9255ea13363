/** KIN-SEC-03: a request is signed in one place. */
import { statement } from '../statement.ts';
import { signedWithQuery } from './canonical.ts';
import { judgeForgeries, signedPut, tryAll } from './forgery.ts';

export const kinSec03 = statement({
  id: 'KIN-SEC-03',
  level: 'SHOULD',
  profile: 'security',
  evidence: ['emulator'],
  sentence:
    'A request that is signed in its Authorization header and names an X-Amz-Algorithm in its query as well is refused with InvalidSignatureException.',
  source: 'Signature Version 4, adding the signature to a request',
  fault: 'sec.both-ok',
  needs: [],
  exercises: { 'good requests': 1, forgeries: 1 },
  check: async (context) => {
    const { endpoint } = context.world;
    const stream = await context.stream(1);
    const once = await signedPut(context, stream, 'PutRecord with an Authorization header and ?X-Amz-Algorithm');
    // The signature covers the query: who looks at the header alone finds nothing wrong with it.
    const query = 'X-Amz-Algorithm=AWS4-HMAC-SHA256';
    const request = signedWithQuery(once.request, query, await endpoint.credentials(), endpoint.region);
    return judgeForgeries(await tryAll(context, stream, [{ ...once, request }]), [
      'InvalidSignatureException',
      'InvalidSignature',
    ]);
  },
});
