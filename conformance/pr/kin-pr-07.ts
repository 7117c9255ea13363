/** KIN-PR-07: a PutRecords call beyond its own bounds does nothing at all. */
import { PUT_RECORDS_BYTES_MAX, PUT_RECORDS_MAX } from '../../src/protocol/limits.ts';
import { refusable } from '../refusable-call.ts';
import type { Context } from '../context.ts';
import { broken, holds, loose, statement } from '../statement.ts';
import { leftoversOf } from './leftovers.ts';

/** Bytes of each of eleven records: less than one may have, and together more than a call may have. */
const LARGE_BYTES = 1_000_000;

/** AWS itself was seen to answer 413 to bodies that are too large, before anything read them (boto3#1147). */
const codes = ['ValidationException', 'InvalidArgumentException', 'http-413'];

export const kinPr07 = statement({
  id: 'KIN-PR-07',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'PutRecords of no record, of more than 500, or of more than 10 MiB in all is refused as a whole and stores nothing.',
  source: 'PutRecords; PutRecordsInput, Records',
  fault: 'batch.partial-on-invalid',
  needs: [],
  exercises: { 'calls beyond the bounds': 3, 'looks for what they left': 1 },
  check: async (context) => {
    const stream = await context.stream(1);
    const calls = {
      'no record': [],
      [`${PUT_RECORDS_MAX + 1} records`]: Array.from({ length: PUT_RECORDS_MAX + 1 }, () => context.data()),
      [`11 records of ${LARGE_BYTES} bytes, together more than ${PUT_RECORDS_BYTES_MAX}`]: Array.from(
        { length: 11 },
        () => largeData(context),
      ),
    };
    let accepted: string | undefined;
    let otherwise: string | undefined;
    const data = new Set(Object.values(calls).flat());
    const left = await leftoversOf(context, stream, data, async () => {
      for (const [what, records] of Object.entries(calls)) {
        const Records = records.map((Data, index) => ({ PartitionKey: `key-${index}`, Data }));
        const answer = await refusable(context, 'PutRecords', { StreamName: stream.name, Records });
        context.count('calls beyond the bounds');
        if (answer.kind === 'accepted') {
          accepted = what;
          return;
        }
        if (!codes.includes(answer.code)) otherwise ??= `PutRecords of ${what} was refused with ${answer.said}`;
      }
    });
    context.count('looks for what they left');
    if (accepted) return broken(`PutRecords of ${accepted} was accepted; AWS documents 1 to 500 records and 10 MiB`);
    if (left.length > 0) {
      return broken(
        `of a PutRecords call that was refused for its size ${left.length} records can be read, first ${left[0]!.SequenceNumber} (key ${left[0]!.PartitionKey})`,
      );
    }
    return otherwise
      ? loose(`${otherwise}; AWS answers ValidationException or InvalidArgumentException. Nothing was stored`)
      : holds('calls of no record, 501 records and 11 MB were refused, and nothing of them was stored');
  },
});

function largeData(context: Context): string {
  const data = Buffer.alloc(LARGE_BYTES);
  Buffer.from(context.data(), 'base64').copy(data);
  return data.toString('base64');
}
