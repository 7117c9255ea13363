/** Whether anything of what was refused can be read: looked for between two records, of which one was put before and one after. */
import type { ReceivedRecord } from '../../src/wire/received.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { absent, firstShard, put, read } from '../records.ts';

/** Does the work on a stream of one shard, and gives the records that carry one of these data (base64). */
export async function leftoversOf(
  context: Context,
  stream: Stream,
  data: ReadonlySet<string>,
  work: () => Promise<void>,
): Promise<ReceivedRecord[]> {
  const { ShardId: shardId } = firstShard(stream);
  const before = await put(context, stream, { key: 'before' });
  await work();
  const after = await put(context, stream, { key: 'after' });
  const from = { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: before.sequenceNumber } as const;
  const records = await read(context, stream, shardId, from, { expect: [before, after] });
  if (absent([before, after], records).length > 0) {
    throw new Unobservable(
      'a record put before or after the refused calls could not be read, so what lies between is not known',
    );
  }
  return records.filter((record) => data.has(record.Data.toString('base64')));
}
