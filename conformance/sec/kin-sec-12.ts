/**
 * KIN-SEC-12: a refusal helps nobody to forge. That signatures are compared in constant time cannot be seen from outside with
 * any certainty, and is not judged.
 */
import { hash } from 'node:crypto';
import { type RawAnswer, signedRequest } from '../raw.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { nearMiss, strangerKeys } from './keys.ts';

export const kinSec12 = statement({
  id: 'KIN-SEC-12',
  level: 'INFO',
  profile: 'security',
  evidence: ['inferred'],
  sentence:
    'The refusal of a signature tells neither the secret, nor the signature that would be right, nor the canonical request.',
  source: 'Signature Version 4 (errors as Kinesis was seen to write them)',
  fault: 'sec.leak-canonical',
  needs: [],
  exercises: { 'refusals read': 2 },
  check: async (context) => {
    const { world, clock, random } = context;
    const { name } = await context.stream(1);
    const right = await world.endpoint.credentials();
    for (const credentials of [nearMiss(right), strangerKeys(random)]) {
      const parts = {
        operation: 'DescribeStreamSummary',
        nowMs: clock.now(),
        body: JSON.stringify({ StreamName: name }),
      } as const;
      const request = signedRequest(world.endpoint, { ...parts, credentials });
      const answer = await world.raw(request);
      if (!answer) return unobserved('a wrong signature was answered with a connection that ended');
      if (answer.status < 400) continue;
      context.count('refusals read');
      const { authorization = '' } = signedRequest(world.endpoint, { ...parts, credentials: right }).headers;
      const secrets = {
        'the secret': right.secretAccessKey,
        'the right signature': authorization.slice(-64),
        'the hash of the body, which only the canonical request holds': hash('sha256', request.body, 'hex'),
        'the canonical request': 'POST\n/\n',
        'the text that is signed': 'AWS4-HMAC-SHA256\n',
      };
      const sent = `${Object.values(request.headers).join('\n')}\n${request.body.toString()}`;
      const told = textOf(answer);
      // What the request itself says is no secret, such as a dummy key whose secret is its name.
      const leaked = Object.entries(secrets).find(
        ([, secret]) => secret !== '' && !sent.includes(secret) && told.includes(secret),
      );
      if (leaked) return broken(`the refusal of a signature made with another secret tells ${leaked[0]}`);
    }
    return holds('refusals of wrong signatures tell nothing that helps to make a right one');
  },
});

/** Headers and body, with the escapes of JSON undone. */
function textOf({ headers, body }: RawAnswer): string {
  return `${Object.values(headers).join('\n')}\n${body.toString()}`.replaceAll('\\n', '\n').replaceAll('\\/', '/');
}
