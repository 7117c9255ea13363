/** KIN-SEC-01: nobody is not allowed anything. */
import { statement } from '../statement.ts';
import { judgeForgeries, signedPut, tryAll, withHeaders } from './forgery.ts';

export const kinSec01 = statement({
  id: 'KIN-SEC-01',
  level: 'MUST',
  profile: 'security',
  evidence: ['emulator'],
  sentence:
    'A request without any authentication is refused with MissingAuthenticationTokenException, and stores nothing.',
  source: 'Common errors; Signature Version 4',
  fault: 'sec.anonymous-ok',
  needs: [],
  exercises: { 'good requests': 1, forgeries: 2 },
  check: async (context) => {
    const stream = await context.stream(1);
    const signed = await signedPut(context, stream, 'PutRecord without an Authorization header');
    const bare = withHeaders(signed, { authorization: undefined });
    const undated = await signedPut(context, stream, 'PutRecord without Authorization and X-Amz-Date');
    const forgeries = [bare, withHeaders(undated, { authorization: undefined, 'x-amz-date': undefined })];
    return judgeForgeries(await tryAll(context, stream, forgeries), [
      'MissingAuthenticationTokenException',
      'MissingAuthenticationToken',
    ]);
  },
});
