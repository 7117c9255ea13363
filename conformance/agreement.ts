/**
 * What one reader was given, held against the log of the shard as a sweep found it afterwards. Pure: two lists in, the first
 * disagreement in words out.
 */
import { compareSequenceNumbers } from '../src/protocol/sequence-number.ts';
import type { ReceivedRecord } from '../src/wire/received.ts';

/**
 * Why `given` is no run of successive records of `log`; undefined where it is one. It has to begin at `first` if that is named.
 * What lies behind the end of the log was not swept, and is not judged.
 */
export function disagreement(
  given: readonly ReceivedRecord[],
  log: readonly ReceivedRecord[],
  first?: string,
): string | undefined {
  const places = new Map(log.map((record, place) => [record.SequenceNumber, place]));
  const end = log.at(-1)?.SequenceNumber;
  let due = first === undefined ? undefined : places.get(first);
  for (const [index, record] of given.entries()) {
    const { SequenceNumber: number } = record;
    const place = places.get(number);
    const before = given[index - 1]?.SequenceNumber;
    if (before !== undefined && compareSequenceNumbers(before, number) >= 0) {
      return number === before ? `${number} came twice in a row` : `${number} came after ${before}`;
    }
    if (place === undefined) {
      if (end === undefined || compareSequenceNumbers(number, end) > 0) return undefined;
      return `${number} came, which a sweep from TRIM_HORIZON does not have`;
    }
    if (due !== undefined && place !== due) {
      const left = log.slice(due, place);
      const behind = before === undefined ? 'at its beginning' : `after ${before}`;
      return `${left.length} of ${log.length} records were left out ${behind}, first ${left[0]?.SequenceNumber}`;
    }
    const changed = changeOf(record, log[place]!);
    if (changed) return `${number} came with other ${changed} than a sweep from TRIM_HORIZON gave`;
    due = place + 1;
  }
  return undefined;
}

function changeOf(given: ReceivedRecord, swept: ReceivedRecord): string | undefined {
  if (given.PartitionKey !== swept.PartitionKey) return 'partition key';
  return given.Data.equals(swept.Data) ? undefined : 'data';
}
