/** A shard that holds more than one answer of GetRecords may: eleven records of nearly 1 MiB. They take as many seconds to write. */
import { NS_PER_S } from '../src/clock.ts';
import type { Context, Stream } from './context.ts';
import { type Acknowledged, inOrder, put } from './records.ts';

/** Data of a record, in bytes: with its key a little less than the 1 MiB that a record may have. */
const DATA_BYTES = 1_048_576 - 64;
const RECORDS = 11;
/** How long the read of a full answer may take, in ns: emulators need longer for it than for anything else. */
export const FULL_ANSWER_NS = 40 * NS_PER_S;

/** Puts them one after the other, oldest first. Every record begins with a text of its own. */
export async function putFullAnswer(context: Context, stream: Stream): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  for (let index = 0; index < RECORDS; index += 1) {
    const data = Buffer.alloc(DATA_BYTES, '.');
    Buffer.from(context.data(), 'base64').copy(data);
    acknowledged.push(await put(context, stream, { key: `large-${index}`, data: data.toString('base64') }));
  }
  return inOrder(acknowledged);
}

/** Bytes of data in an answer. */
export function bytesOf(records: readonly { readonly Data: Buffer }[]): number {
  return records.reduce((sum, { Data }) => sum + Data.length, 0);
}
