/** What a history says of sameness: whether what was put is what is read, once, by everybody, and every time. */
import { type Attempt, contentsOf, type History, isStored, type Read, type Scan, textOf } from './history.ts';
import { orderDiffers } from './order.ts';

/** Scans of the same shard, each with every later one. */
export function scanPairs(scans: readonly Scan[]): (readonly [Scan, Scan])[] {
  return scans.flatMap((one, at) =>
    scans.slice(at + 1).flatMap((two) => (two.shardId === one.shardId ? [[one, two] as const] : [])),
  );
}

function byNumber(scan: Scan): Map<string, Read> {
  return new Map(contentsOf(scan).map((record) => [record.sequenceNumber, record]));
}

/** What two readers of a shard saw differently: the content of a sequence number, or the order of them. */
export function disagreements(one: Scan, two: Scan): string[] {
  const other = byNumber(two);
  const values = contentsOf(one).flatMap((record) => {
    const again = other.get(record.sequenceNumber);
    if (!again || (again.data === record.data && again.key === record.key)) return [];
    return [
      `${record.sequenceNumber} of ${one.shardId} is ${shown(record)} to ${one.reader} and ${shown(again)} to ${two.reader}`,
    ];
  });
  return [...values, ...orderDiffers(one, two)];
}

function shown({ key, data }: Read): string {
  return `${textOf(data)} (${data.length} characters of base64 ending …${data.slice(-8)}, key ${JSON.stringify(key)})`;
}

/** Where a later replay is not the earlier one over again: a record changed, is gone, or has come between. What is new behind the end of the earlier is none. */
export function replayDiffers(earlier: Scan, later: Scan): string[] {
  const before = contentsOf(earlier);
  const after = contentsOf(later);
  const known = byNumber(earlier);
  const there = byNumber(later);
  const changed = before.flatMap((record) => {
    const again = there.get(record.sequenceNumber);
    if (again?.data === record.data && again.key === record.key) return [];
    const now = again ? `shows ${shown(again)} there` : 'lacks it';
    return [
      `${earlier.reader} of ${earlier.shardId} had ${record.sequenceNumber} with ${shown(record)}; ${later.reader}, from TRIM_HORIZON too, ${now}`,
    ];
  });
  const lastNumber = before.at(-1)?.sequenceNumber;
  const end = after.findIndex(({ sequenceNumber }) => sequenceNumber === lastNumber);
  const between = after
    .slice(0, Math.max(end, 0))
    .filter(({ sequenceNumber }) => !known.has(sequenceNumber))
    .map(
      ({ sequenceNumber }) =>
        `${later.reader} of ${later.shardId} has ${sequenceNumber} before ${lastNumber}, where ${earlier.reader}, from TRIM_HORIZON too, had passed without it`,
    );
  return [...changed, ...between];
}

/** Records that are read under the number they were acknowledged with and have other data, while theirs are nowhere. */
export function changedData({ attempts, scans }: History): string[] {
  // Two that were answered with one number are another statement's matter, and each of them is still looked for.
  const acknowledged = Map.groupBy(attempts.filter(isStored), (one) => `${one.shardId} ${one.sequenceNumber}`);
  return scans.flatMap((scan) => {
    const contents = scan.pages.flat();
    const there = new Set(contents.map(({ data }) => data));
    return contents.flatMap(({ sequenceNumber, data }) => {
      const puts = acknowledged.get(`${scan.shardId} ${sequenceNumber}`) ?? [];
      return puts
        .filter((put) => put.data !== data && !there.has(put.data))
        .map(
          (put) =>
            `${put.writer} put ${put.data} and was answered ${sequenceNumber} of ${scan.shardId}; there ${scan.reader} read ${data} (base64)`,
        );
    });
  });
}

/** Records whose key or arrival time two scans show differently. */
export function changedMarks(one: Scan, two: Scan): string[] {
  const other = byNumber(two);
  return contentsOf(one).flatMap((record) => {
    const again = other.get(record.sequenceNumber);
    if (!again || (again.key === record.key && again.arrivalS === record.arrivalS)) return [];
    const marks = ({ key, arrivalS }: Read) => `key ${JSON.stringify(key)} and arrival ${arrivalS}`;
    return [
      `${record.sequenceNumber} of ${one.shardId} has ${marks(record)} to ${one.reader}, ${marks(again)} to ${two.reader}`,
    ];
  });
}

/** Records that nobody put, and records that are there more often than they were tried. */
export function unexplained({ attempts, scans }: History): string[] {
  const tries = new Map<string, number>();
  for (const { data } of attempts) tries.set(data, (tries.get(data) ?? 0) + 1);
  const acknowledged = new Set(attempts.filter(isStored).map((one) => `${one.shardId} ${one.sequenceNumber}`));
  return scans.flatMap(({ reader, shardId, pages }) => {
    const copies = new Map<string, Set<string>>();
    for (const { data, sequenceNumber } of pages.flat())
      copies.set(data, (copies.get(data) ?? new Set()).add(sequenceNumber));
    return [...copies].flatMap(([data, numbers]) => {
      const tried = tries.get(data) ?? 0;
      // Other data under a number that was acknowledged are a record that changed, not one from nowhere.
      const unknown = tried === 0 && ![...numbers].some((number) => acknowledged.has(`${shardId} ${number}`));
      if (!unknown && (tried === 0 || numbers.size <= tried)) return [];
      const put = tried === 0 ? 'that nobody put' : `that was put ${tried === 1 ? 'once' : `${tried} times`}`;
      return [`${reader} of ${shardId} has ${textOf(data)}, ${put}, at ${[...numbers].join(' and ')}`];
    });
  });
}

/** Records that are there although every try was refused. */
export function refusedYetRead({ attempts, scans }: History): string[] {
  const refused = new Map<string, Attempt>();
  for (const attempt of attempts) if (attempt.fate === 'refused') refused.set(attempt.data, attempt);
  for (const { data, fate } of attempts) if (fate !== 'refused') refused.delete(data);
  return scans.flatMap(({ reader, shardId, pages }) =>
    pages.flat().flatMap(({ data, sequenceNumber }) => {
      const attempt = refused.get(data);
      if (!attempt) return [];
      return [
        `${attempt.writer} put ${textOf(data)} and was refused with ${attempt.said}; ${reader} of ${shardId} has it at ${sequenceNumber}`,
      ];
    }),
  );
}

/** Where a read from a checkpoint is not the rest of the whole. What has come behind it since is none. */
export function suffixDiffers(said: string, rest: readonly Read[], got: readonly Read[]): string[] {
  const at = rest.findIndex(({ sequenceNumber, data, key }, place) => {
    const record = got[place];
    return record?.sequenceNumber !== sequenceNumber || record.data !== data || record.key !== key;
  });
  if (at < 0) return [];
  const [due, came] = [rest[at]!, got[at]];
  return [
    `${said} has ${came ? `${came.sequenceNumber} ${shown(came)}` : 'nothing'} at place ${at}; a read of the whole has ${due.sequenceNumber} ${shown(due)} there`,
  ];
}
