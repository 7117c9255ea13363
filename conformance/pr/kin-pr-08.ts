/** KIN-PR-08: what is wrong with one record of a call is wrong with the call. */
import { HASH_KEY_COUNT } from '../../src/protocol/hash.ts';
import { refusable } from '../refusable-call.ts';
import { broken, holds, loose, statement } from '../statement.ts';
import { leftoversOf } from './leftovers.ts';

export const kinPr08 = statement({
  id: 'KIN-PR-08',
  level: 'SHOULD',
  evidence: ['emulator'],
  sentence:
    'PutRecords with one record whose ExplicitHashKey is out of range is refused as a whole and stores nothing.',
  source: 'PutRecords; ExplicitHashKey',
  fault: 'batch.skip-invalid',
  needs: [],
  exercises: { 'calls with one bad record': 1, 'looks for what they left': 1 },
  check: async (context) => {
    const stream = await context.stream(1);
    const bad = String(HASH_KEY_COUNT);
    const Records = Array.from({ length: 5 }, (_, index) => ({
      PartitionKey: `key-${index}`,
      Data: context.data(),
      ...(index === 2 ? { ExplicitHashKey: bad } : {}),
    }));
    const sent = `PutRecords of 5 records, the third with ExplicitHashKey ${bad} (2^128),`;
    let answered = '';
    let code: string | undefined;
    const left = await leftoversOf(context, stream, new Set(Records.map(({ Data }) => Data)), async () => {
      const answer = await refusable(context, 'PutRecords', { StreamName: stream.name, Records });
      context.count('calls with one bad record');
      if (answer.kind === 'refused') ({ code, said: answered } = answer);
      else answered = `FailedRecordCount ${answer.output.FailedRecordCount ?? 0}`;
    });
    context.count('looks for what they left');
    if (code === undefined || left.length > 0) {
      return broken(
        `${sent} was answered with ${answered}, and ${left.length} of them can be read; AWS refuses the call`,
      );
    }
    return code === 'InvalidArgumentException'
      ? holds(`${sent} was refused with ${code}, and nothing was stored`)
      : loose(`${sent} was refused with ${answered}; AWS answers InvalidArgumentException`);
  },
});
