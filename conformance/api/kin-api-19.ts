/** KIN-API-19: how an error is written. */
import type { OperationName } from '../../src/protocol/operations.ts';
import { signedRequest } from '../raw.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { membersIn } from './error-body.ts';

export const kinApi19 = statement({
  id: 'KIN-API-19',
  level: 'SHOULD',
  evidence: ['emulator'],
  sentence:
    'The body of an error is JSON with its name in __type and its text in message (in Message for a SerializationException).',
  source: 'JSON 1.1 protocol, errors',
  fault: 'api.type-missing',
  needs: [],
  exercises: { 'errors looked at': 3 },
  check: async (context) => {
    const { world, clock } = context;
    const { name } = await context.stream(1);
    const asked: readonly (readonly [OperationName, object, string])[] = [
      ['DescribeStreamSummary', { StreamName: `${name}-none` }, 'message'],
      ['DescribeStreamSummary', { StreamName: '*' }, 'message'],
      ['ListShards', { StreamName: name, MaxResults: 'many' }, 'Message'],
    ];
    const odd: string[] = [];
    for (const [operation, request, member] of asked) {
      const body = JSON.stringify(request);
      const credentials = await world.endpoint.credentials();
      const answer = await world.raw(
        signedRequest(world.endpoint, { operation, body, credentials, nowMs: clock.now() }),
      );
      const said = `${operation} ${body} was answered with ${answer?.status} ${answer?.body.toString().slice(0, 200)}`;
      if (!answer) return unobserved(`${operation} ${body}: the connection ended without an answer`);
      // Whether it is an error at all is another statement's.
      if (answer.status < 400) continue;
      context.count('errors looked at');
      const members = membersIn(answer.body);
      const type = members?.['__type'];
      if (!members || typeof type !== 'string' || type === '') return broken(`${said}: no __type`);
      if (typeof (members['message'] ?? members['Message']) !== 'string') return broken(`${said}: no message`);
      if (type.includes('#') || typeof members[member] !== 'string') odd.push(said);
    }
    return odd.length > 0 ? loose(odd.join('; ')) : holds('three errors were written as the service writes them');
  },
});
