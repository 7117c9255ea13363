/** KIN-API-06: a stream that is not there is not found, and does not come to be by being asked for. */
import type { OperationName } from '../../src/protocol/operations.ts';
import { broken, holds, loose, statement } from '../statement.ts';
import { isUnknownOperation, worded } from './asking.ts';
import { described, tidied } from './own-streams.ts';
import { ask, inLanes } from './probing.ts';
import { ordinaryRequest, subjects } from './requests.ts';

/** They are about no stream, or (GetRecords) about one that was there when the iterator was given. */
const about: ReadonlySet<OperationName> = new Set<OperationName>([
  'CreateStream',
  'DescribeAccountSettings',
  'DescribeLimits',
  'GetRecords',
  'ListChannels',
  'ListStreams',
  'UpdateAccountSettings',
]);

export const kinApi06 = statement({
  id: 'KIN-API-06',
  level: 'MUST',
  evidence: ['recorded'],
  sentence:
    'Every operation about a stream that does not exist is refused with ResourceNotFoundException (400), and does not create it.',
  source: 'every operation about a stream, Errors',
  fault: 'api.missing-stream-autocreate',
  needs: [],
  exercises: { 'operations asked': 10, 'looks for the stream': 1 },
  check: async (context) => {
    const { absent, operations } = await subjects(context);
    const missed: string[] = [];
    const odd: string[] = [];
    try {
      await inLanes(
        operations.filter((operation) => !about.has(operation)),
        async (operation) => {
          const reply = await ask(context, operation, ordinaryRequest(operation, absent));
          if (!reply || (reply.kind === 'error' && isUnknownOperation(reply))) return;
          context.count('operations asked');
          if (reply.kind === 'ok') missed.push(`${operation} ${worded(reply)}`);
          else if (reply.code !== 'ResourceNotFoundException') odd.push(`${operation} ${worded(reply)}`);
        },
      );
      const there = await described(context, absent.name);
      context.count('looks for the stream');
      if (there)
        return broken(`${absent.name} did not exist; after calls about it, it is there and ${there.StreamStatus}`);
    } finally {
      await tidied(context, [absent.name]);
    }
    if (missed.length > 0) return broken(`about ${absent.name}, which does not exist: ${missed.join('; ')}`);
    const notRefused = odd.filter((text) => / 5\d\d /.test(text));
    if (notRefused.length > 0) return broken(`about ${absent.name}, which does not exist: ${notRefused.join('; ')}`);
    if (odd.length > 0) return loose(`refused, but not as not found, about ${absent.name}: ${odd.join('; ')}`);
    return holds('no operation found it, and it was not there afterwards');
  },
});
