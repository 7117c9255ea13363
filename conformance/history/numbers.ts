/** What a history says of sequence numbers: their form, that no two records share one, and that a read shows what the put was told. */
import { contentsOf, type History, isStored, textOf } from './history.ts';

/** As the service model has it. */
const SEQUENCE_NUMBER = /^(0|[1-9]\d{0,128})$/;

/** Numbers that are not as the model has them; `where` says which member of which answer. */
export function malformed(numbers: readonly (readonly [where: string, number: string])[]): string[] {
  return numbers
    .filter(([, number]) => !SEQUENCE_NUMBER.test(number))
    .map(([where, number]) => `${where} is ${JSON.stringify(number)}; AWS documents 0|([1-9]\\d{0,128})`);
}

/** Numbers of a shard that two records have, by what puts were answered or by what a reader met. */
export function sharedNumbers({ attempts, scans }: History): string[] {
  const told = attempts.filter(isStored).map((one) => ({ ...one, by: `the answers to ${one.writer}` }));
  const read = scans.flatMap(({ reader, shardId, pages }) =>
    pages.flat().map(({ sequenceNumber, data }) => ({ shardId, sequenceNumber, data, by: `what ${reader} read` })),
  );
  const first = new Map<string, string>();
  return [told, ...groups(read)].flatMap((group) => {
    first.clear();
    return group.flatMap(({ shardId, sequenceNumber, data, by }) => {
      const place = `${shardId} ${sequenceNumber}`;
      const other = first.get(place);
      if (other === undefined) first.set(place, data);
      if (other === undefined || other === data) return [];
      return [`by ${by}, ${textOf(other)} and ${textOf(data)} are both ${sequenceNumber} of ${shardId}`];
    });
  });
}

function groups<T extends { readonly by: string; readonly shardId: string }>(items: readonly T[]): T[][] {
  return Object.values(Object.groupBy(items, ({ by, shardId }) => `${by} ${shardId}`)).map((group) => group ?? []);
}

/** How many numbers are those of records in two different shards. */
export function sharedAcrossShards({ attempts }: History): number {
  const shards = new Map<string, Set<string>>();
  for (const { sequenceNumber, shardId } of attempts.filter(isStored)) {
    shards.set(sequenceNumber, (shards.get(sequenceNumber) ?? new Set()).add(shardId));
  }
  return [...shards.values()].filter((each) => each.size > 1).length;
}

/** Records that are read in another shard, or under another number, than the put was told. Those that were tried more than once are left out. */
export function renumbered({ attempts, scans }: History): string[] {
  const tries = new Map<string, number>();
  for (const { data } of attempts) tries.set(data, (tries.get(data) ?? 0) + 1);
  const told = new Map(attempts.filter(isStored).map((one) => [one.data, one]));
  return scans.flatMap((scan) => {
    const numbers = new Map<string, string[]>();
    for (const { data, sequenceNumber } of contentsOf(scan))
      numbers.set(data, [...(numbers.get(data) ?? []), sequenceNumber]);
    return [...numbers].flatMap(([data, read]) => {
      const put = told.get(data);
      if (!put || tries.get(data) !== 1) return [];
      if (put.shardId === scan.shardId && read.includes(put.sequenceNumber)) return [];
      return [
        `${put.writer} put ${textOf(data)} and was answered ${put.sequenceNumber} of ${put.shardId}; ${scan.reader} has it at ${read.join(' and ')} of ${scan.shardId}`,
      ];
    });
  });
}
