/** KIN-SEC-04: a signature proves that the signer has the secret. */
import { statement } from '../statement.ts';
import { judgeForgeries, signedPut, tryAll, withHeaders } from './forgery.ts';
import { nearMiss } from './keys.ts';

export const kinSec04 = statement({
  id: 'KIN-SEC-04',
  level: 'MUST',
  profile: 'security',
  evidence: ['inferred'],
  sentence: 'A request signed with another secret than that of its key is refused with a 4xx, and stores nothing.',
  source: 'Signature Version 4; Common errors',
  fault: 'sec.shape-only',
  needs: [],
  exercises: { 'good requests': 1, forgeries: 2 },
  check: async (context) => {
    const stream = await context.stream(1);
    const credentials = nearMiss(await context.world.endpoint.credentials());
    const wrong = await signedPut(context, stream, 'PutRecord signed with a secret of which one bit differs', {
      credentials,
    });
    const right = await signedPut(context, stream, 'PutRecord with a signature of which one digit differs');
    const { authorization = '' } = right.request.headers;
    const last = authorization.at(-1) === '0' ? '1' : '0';
    const changed = withHeaders(right, { authorization: `${authorization.slice(0, -1)}${last}` });
    return judgeForgeries(await tryAll(context, stream, [wrong, changed]), ['InvalidSignatureException']);
  },
});
