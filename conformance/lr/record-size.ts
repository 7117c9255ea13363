/** Changes of the largest record that a stream takes, and data of a size. */
import type { StreamDescriptionSummary } from '../../src/protocol/operations.ts';
import type { Random } from '../../src/random.ts';
import type { Context, Stream } from '../context.ts';
import { arnOf, changed } from '../patience.ts';

/** Lets a stream take records of up to so many KiB, and waits until it is ACTIVE and says so. */
export async function allow(
  context: Context,
  stream: Stream,
  MaxRecordSizeInKiB: number,
): Promise<StreamDescriptionSummary> {
  const StreamARN = await arnOf(context, stream);
  await context.send('UpdateMaxRecordSize', { StreamARN, MaxRecordSizeInKiB });
  return changed(context, stream, (summary) => summary.MaxRecordSizeInKiB === MaxRecordSizeInKiB);
}

/** Bytes that no compression makes smaller, and that are not the same anywhere. */
export function noise(random: Random, bytes: number): Buffer {
  const data = Buffer.alloc(bytes);
  for (let at = 0; at + 4 <= bytes; at += 4) data.writeUInt32LE(random.uint32(), at);
  return data;
}
