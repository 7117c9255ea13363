/** KIN-API-05: an operation that does not exist. */
import type { OperationName } from '../../src/protocol/operations.ts';
import { signedRequest } from '../raw.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { typeIn } from './error-body.ts';

export const kinApi05 = statement({
  id: 'KIN-API-05',
  level: 'SHOULD',
  evidence: ['emulator'],
  sentence: 'An X-Amz-Target that names no operation is refused with UnknownOperationException (400).',
  source: 'JSON 1.1 protocol, X-Amz-Target',
  fault: 'api.unknown-op-200',
  needs: [],
  uses: { shared: [] },
  exercises: { 'unknown operations': 3 },
  check: async (context) => {
    const { world, clock } = context;
    const odd: string[] = [];
    const unknown: readonly string[] = ['DoWhatIMean', 'liststreams', 'ListStreams2'];
    for (const name of unknown) {
      const operation = name as OperationName;
      const credentials = await world.endpoint.credentials();
      const answer = await world.raw(
        signedRequest(world.endpoint, { operation, body: '{}', credentials, nowMs: clock.now() }),
      );
      if (!answer) return unobserved(`X-Amz-Target …${name}: the connection ended without an answer`);
      context.count('unknown operations');
      const said = `X-Amz-Target …${name} was answered with ${answer.status} ${answer.body.toString().slice(0, 160)}`;
      if (answer.status < 400 || answer.status >= 500) return broken(said);
      if (answer.status !== 400 || typeIn(answer.body) !== 'UnknownOperationException') odd.push(said);
    }
    return odd.length > 0 ? loose(odd.join('; ')) : holds('three names of no operation were refused as such');
  },
});
