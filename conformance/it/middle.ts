/** Five records in a shard of their own, and what a read that begins at the middle one starts with. */
import type { ReceivedRecord } from '../../src/wire/received.ts';
import type { Context } from '../context.ts';
import { type Acknowledged, firstShard, inOrder, put, read, sweep } from '../records.ts';

export interface FromMiddle {
  readonly middle: Acknowledged;
  readonly next: Acknowledged;
  readonly first: ReceivedRecord | undefined;
}

/** Reads at or after the third of five records. */
export async function readFromMiddle(
  context: Context,
  type: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER',
): Promise<FromMiddle> {
  const stream = await context.stream(1);
  const { ShardId: shardId } = firstShard(stream);
  const put5: Acknowledged[] = [];
  for (let index = 0; index < 5; index += 1) put5.push(await put(context, stream, { key: `key-${index}` }));
  const [, , middle, next, last] = inOrder(put5) as [
    Acknowledged,
    Acknowledged,
    Acknowledged,
    Acknowledged,
    Acknowledged,
  ];
  await sweep(context, stream, shardId, put5);
  const from = { type, sequenceNumber: middle.sequenceNumber };
  const [first] = await read(context, stream, shardId, from, { expect: [last] });
  context.count('reads from the middle', first ? 1 : 0);
  return { middle, next, first };
}
