/** KIN-THR-07: a read that is refused gives nothing away. */
import { isThrottle } from '../../src/protocol/errors.ts';
import { codecOf, readBody } from '../../src/wire/codec.ts';
import type { TransportAnswer } from '../../src/wire/transport.ts';
import { broken, holds, statement } from '../statement.ts';
import { readHastily } from './hasty-reads.ts';

export const kinThr07 = statement({
  id: 'KIN-THR-07',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'A GetRecords call that is throttled returns no records.',
  source: 'GetRecords (the call throws, and returns no data)',
  fault: 'thr.error-with-data',
  needs: ['throttle'],
  exercises: { 'throttled reads': 5 },
  check: async (context) => {
    const answers: TransportAnswer[] = [];
    const untap = context.tap((answer) => answers.push(answer));
    await readHastily(context).finally(untap);
    for (const answer of answers) {
      const body = bodyOf(answer);
      if (!isThrottle(body.type)) continue;
      context.count('throttled reads');
      if (body.records > 0) return broken(`GetRecords was answered with ${body.type} and ${body.records} records`);
    }
    return holds('no throttled read carried a record');
  },
});

/** The error name and the number of records of an answer, from its bytes: a client would not look for both. */
function bodyOf(answer: TransportAnswer): { type: string; records: number } {
  if (answer.kind !== 'response') return { type: '', records: 0 };
  const { __type, Records } = Object(readBody(answer.body, answer.contentType, codecOf('json'))) as Record<
    string,
    unknown
  >;
  return {
    type: typeof __type === 'string' ? __type.split('#').at(-1)! : '',
    records: Array.isArray(Records) ? Records.length : 0,
  };
}
