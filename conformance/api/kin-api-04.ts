/** KIN-API-04: a request with several faults is told all of them. */
import type { OperationName } from '../../src/protocol/operations.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { shortened, worded } from './asking.ts';
import { ask } from './probing.ts';

export const kinApi04 = statement({
  id: 'KIN-API-04',
  level: 'SHOULD',
  evidence: ['emulator'],
  sentence: 'Of several members beyond their bounds all are counted in the message of the refusal, and named.',
  source: 'ValidationException ("2 validation errors detected: …")',
  fault: 'api.first-error-only',
  needs: [],
  exercises: { 'requests with several faults': 3 },
  check: async (context) => {
    const { name } = await context.stream(1);
    const faulty: readonly (readonly [OperationName, Readonly<Record<string, unknown>>, readonly string[]])[] = [
      [
        'PutRecord',
        { StreamName: name, Data: 'AAAA', PartitionKey: '', ExplicitHashKey: 'x' },
        ['partitionKey', 'explicitHashKey'],
      ],
      ['DescribeStream', { StreamName: '*', Limit: 0 }, ['streamName', 'limit']],
      [
        'GetShardIterator',
        { StreamName: name, ShardId: '*', ShardIteratorType: 'FIRST', StartingSequenceNumber: 'x' },
        ['shardId', 'shardIteratorType', 'startingSequenceNumber'],
      ],
    ];
    const odd: string[] = [];
    for (const [operation, request, members] of faulty) {
      const reply = await ask(context, operation, request);
      const said = `${operation} ${shortened(request)}, wrong in ${members.join(' and ')}, was answered with ${reply ? worded(reply) : 'nothing'}`;
      // Whether it is refused at all is another statement's (KIN-API-03).
      if (reply?.kind === 'error' && reply.status >= 500) return broken(said);
      if (reply?.kind !== 'error' || reply.status !== 400) return unobserved(said);
      context.count('requests with several faults');
      const told = members.filter((member) => reply.message.toLowerCase().includes(member.toLowerCase()));
      if (told.length < members.length)
        return broken(`${said}: ${told.join(', ') || 'none'} of ${members.length} named`);
      const counted = Number(/(\d+) validation errors? detected/.exec(reply.message)?.[1]);
      if (counted !== members.length) odd.push(said);
    }
    if (odd.length > 0) return loose(`all members are named, and not counted: ${odd.join('; ')}`);
    return holds('two, two and three faults were counted and named');
  },
});
