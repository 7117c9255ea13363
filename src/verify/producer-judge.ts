/**
 * The records of one producer, page by page. A page whose summaries agree (what was acknowledged is what every reader saw, at
 * the same places, with the same content, and nobody holds anything against it) is settled without a look at its records; any
 * other is gone through record by record, so every anomaly is counted and can be named.
 */
import { deliveredPlace, equalDigests } from './digest.ts';
import { Fate, PLAIN_ACKNOWLEDGED, sentRow, type SentExport, sentShape, type SentSummary } from './history.ts';
import { type Page, PAGE_ROWS, TableView } from './page-store.ts';
import type { ConsumerNotes } from './evidence.ts';
import type { ReaderExport } from './reader.ts';
import { REACH_BITS, seenRow, seenShape, type SeenSummary } from './seen-history.ts';
import type { Tally } from './tally.ts';

/** Sums over all producers. */
export interface Totals {
  sent: number;
  acknowledged: number;
  rejected: number;
  compared: number;
}

interface View {
  /** Who read it. */
  readonly name: string;
  readonly table: TableView<SeenSummary>;
  /** Positions of damaged data, whoever sent it. */
  readonly damaged: ReadonlySet<number>;
  /** Set where it read what was delivered of the stream, and not the stream. */
  readonly delivered: ConsumerNotes['delivered'];
  /** Of the records that were not delivered. */
  readonly backup: Backup | undefined;
}

/** Which of a producer's records stand in the backup of a delivery stream, or among its errors. */
interface Backup {
  readonly table: TableView<SeenSummary>;
  readonly damaged: ReadonlySet<number>;
}

/** One producer's records, from every side. */
export interface Sides {
  readonly producer: number;
  readonly name: string;
  readonly sent: SentExport;
  /** Counters of records that lineage has shown to be out of order. */
  readonly disordered: ReadonlySet<number>;
  readonly sweep: View;
  /** The second sweep, if there was one that is complete. */
  readonly again: View | undefined;
  readonly consumers: readonly View[];
  readonly sweepComplete: boolean;
  /** Records with smaller counters may have expired when they were looked for. */
  readonly expired: number;
}

export function viewOf(
  reader: ReaderExport | undefined,
  producer: number,
  { delivered, backup }: Pick<ConsumerNotes, 'delivered' | 'backup'> = {},
): View {
  const name = reader?.name ?? '?';
  return { name, ...notesOf(reader, producer), delivered, backup: backup && notesOf(backup, producer) };
}

function notesOf(reader: ReaderExport | undefined, producer: number): Backup {
  const found = reader?.seen.find(([index]) => index === producer);
  return { table: new TableView(seenShape, found?.[1].table), damaged: new Set(reader?.damaged) };
}

type SeenRow = ReturnType<typeof seenRow>;
type SentRow = ReturnType<typeof sentRow>;

/** One record: how it was put, and how each reader has it, in the order of the sweeps and then of the consumers. */
interface Judged {
  readonly counter: number;
  readonly sent: SentRow;
  readonly rows: readonly SeenRow[];
  /** Whether it stands in the backup of that reader's delivery stream. */
  readonly inBackup: readonly boolean[];
}

/** Adds what speaks for and against one producer's records. */
export function judgeProducer(sides: Sides, tally: Tally, totals: Totals): void {
  const sent = new TableView<SentSummary>(sentShape, sides.sent.table);
  const readers = [sides.sweep, ...(sides.again ? [sides.again] : []), ...sides.consumers];
  const tables = readers.flatMap(({ table, backup }) => (backup ? [table, backup.table] : [table]));
  const indices = new Set([sent, ...tables].flatMap((table) => [...table.indices]));
  const disorderedPages = new Set([...sides.disordered].map((counter) => Math.floor(counter / PAGE_ROWS)));
  for (const index of [...indices].sort((a, b) => a - b)) {
    const summary = sent.summary(index);
    if (summary) {
      totals.acknowledged += summary.acknowledged;
      totals.rejected += summary.rejected;
      totals.sent += summary.acknowledged + summary.rejected + summary.maybe;
    }
    const seen = readers.map(({ table }) => table.summary(index));
    const sameplace = readers.every(({ delivered }) => delivered === undefined);
    const backedUp = readers.some(({ backup }) => (backup?.table.summary(index)?.seen ?? 0) > 0);
    if (sameplace && !backedUp && summary?.maybe === 0 && !disorderedPages.has(index) && agree(summary, seen)) {
      if (readers.length > 1) totals.compared += summary.acknowledged;
      continue;
    }
    const pages = readers.map(({ table }) => table.page(index));
    judgePage(sides, index, sent.page(index), pages, tally, totals);
  }
}

/** Whether what was acknowledged is what everybody saw: the same records, places and contents, and no mark on any. */
function agree(sent: SentSummary, seen: readonly (SeenSummary | undefined)[]): boolean {
  const [first] = seen;
  if (!sent.plain || !first) return false;
  return seen.every(
    (each) =>
      each?.marks === 0 &&
      each.seen === sent.acknowledged &&
      equalDigests(each.positions, sent.positions) &&
      equalDigests(each.contents, first.contents),
  );
}

function judgePage(
  sides: Sides,
  index: number,
  sentPage: Page,
  pages: readonly Page[],
  tally: Tally,
  totals: Totals,
): void {
  const several = pages.length > 1;
  const readers = [sides.sweep, ...(sides.again ? [sides.again] : []), ...sides.consumers];
  const elsewhere = readers.map(({ delivered }) => delivered !== undefined);
  const backups = readers.map(({ backup }) => backup?.table.page(index));
  for (let row = 0; row < PAGE_ROWS; row += 1) {
    const counter = index * PAGE_ROWS + row;
    // Most rows of a page that needs a look need none themselves: no objects are made for them.
    const quiet = isQuiet(sentPage, pages, row, elsewhere);
    const inBackup = backups.map((page) => page !== undefined && page.words[0]![row] !== 0);
    if (quiet !== undefined && !sides.disordered.has(counter) && !inBackup.includes(true)) {
      if (quiet === 'seen' && several) totals.compared += 1;
      continue;
    }
    const sent = sentRow(sentPage, row);
    const [first] = pages;
    const swept = seenRow(first!, row);
    const rows = pages.map((page, reader) =>
      elsewhere[reader] ? asSwept(seenRow(page, row), swept, sent) : seenRow(page, row),
    );
    judgeRecord(sides, { counter, sent, rows, inBackup }, tally);
    if (rows.filter(({ position }) => position !== 0).length > 1) totals.compared += 1;
  }
}

/** A row that is as it should be: acknowledged and seen alike by all, or refused (or never sent) and seen by none. */
function isQuiet(
  sentPage: Page,
  pages: readonly Page[],
  row: number,
  elsewhere: readonly boolean[],
): 'seen' | 'absent' | undefined {
  const byte = sentPage.bytes[0]![row]!;
  const position = byte === PLAIN_ACKNOWLEDGED ? sentPage.words[0]![row]! : 0;
  if (byte !== PLAIN_ACKNOWLEDGED && byte !== Fate.rejected && byte !== Fate.unsent) return undefined;
  const content = pages[0]!.words[1]![row]!;
  for (const [reader, { words, bytes }] of pages.entries()) {
    if (elsewhere[reader]) {
      if ((words[0]![row] !== 0) !== (position !== 0) || bytes[0]![row] !== 0) return undefined;
    } else if (words[0]![row] !== position || words[1]![row] !== content || bytes[0]![row] !== 0) return undefined;
  }
  return position === 0 ? 'absent' : 'seen';
}

/** A row of who read it at a destination, where it has another place and neither key nor arrival time: those of the sweep. */
function asSwept(row: SeenRow, swept: SeenRow, sent: SentRow): SeenRow {
  if (row.position === 0) return row;
  return { ...row, position: swept.position || sent.position || row.position, content: swept.content };
}

/** Everything that speaks against one record, each class once. */
function judgeRecord(sides: Sides, record: Judged, tally: Tally): void {
  const { name } = sides;
  const { counter, sent, rows, inBackup } = record;
  const { fate, storable } = sent;
  const seen = rows.filter(({ position }) => position !== 0);
  if (fate === Fate.maybe) tally.add('maybe', name, counter, 'no certain answer: it may be stored or not');
  if (sent.reordered || sides.disordered.has(counter) || rows.some(({ reordered }) => reordered))
    tally.add('reordered', name, counter, 'it stands before a record that it was promised to come after');
  if (storable === 0) {
    const why =
      fate === Fate.rejected ? 'the put was refused, and yet the record can be read' : 'no such record was ever sent';
    if (seen.length > 0 || inBackup.includes(true)) tally.add('ghost', name, counter, why);
    if (rows.some(({ changed }) => changed)) tally.add('changed', name, counter, 'it was read with another content');
    return;
  }
  const stored = Math.max(0, ...seen.map(({ copies }) => copies + 1));
  if (stored > storable) tally.add('duplicated', name, counter, `${storable} stored at the most, and ${stored} read`);
  else if (stored > 1) tally.add('retried', name, counter, 'more than one attempt has stored it');
  if (rows.some((row) => row.misplaced))
    tally.add('misplaced', name, counter, 'it stands in another partition than its own');
  const change = changeOf(sent, rows, seen);
  if (change !== undefined) tally.add('changed', name, counter, change);
  if (fate === Fate.acknowledged) judgePresence(sides, record, tally);
  judgeDelivery(sides, record, tally);
}

/** What differs between the put and the reads of a record, or between two reads of it. */
function changeOf(sent: SentRow, rows: readonly SeenRow[], seen: readonly SeenRow[]): string | undefined {
  if (rows.some(({ changed }) => changed)) return 'it was read with another content than it had before or was put with';
  const [swept] = rows;
  const single = sent.storable === 1 && seen.every(({ copies }) => copies === 0);
  if (sent.fate === Fate.acknowledged && single && seen.some(({ position }) => position !== sent.position))
    return 'read at another shard or sequence number than the put was given';
  const differs = seen.some(
    ({ position, content }) => position === swept!.position && content !== swept!.content && swept!.position !== 0,
  );
  return differs ? 'two reads of its place gave different contents' : undefined;
}

/** Why most lost records have no shard and no sequence number, though their acknowledgements had both. */
const PLACE_UNKNOWN = '; of its place only a digest was kept';

const IN_BACKUP = 'it was not delivered, but stands in the backup or among the errors';

/** Whether an acknowledged record is still there. */
function judgePresence(sides: Sides, { counter, sent, rows, inBackup }: Judged, tally: Tally): void {
  const { name, sweep, again, sweepComplete, expired } = sides;
  const place = sides.sent.places.get(counter);
  const { position, storable } = sent;
  const copiesAt = (row: SeenRow) => row.position !== 0 && (row.position === position || row.copies > 0);
  // Of several attempts the acknowledged one must be there, whatever became of the others.
  const absent = (row: SeenRow, view: View) =>
    !view.damaged.has(position) && (storable === 1 ? row.position === 0 : !copiesAt(row));
  const [swept, second] = rows;
  const without =
    sweepComplete && absent(swept!, sweep) ? 'the sweep' : again && absent(second!, again) ? 'the second sweep' : null;
  if (without !== null && (inBackup[0] || sweep.backup?.damaged.has(position)))
    tally.add('backed-up', name, counter, IN_BACKUP);
  else if (without !== null && counter < expired)
    tally.add('expired', name, counter, `acknowledged, absent from ${without}, and older than its retention`);
  else if (without !== null)
    tally.add('lost', name, counter, `acknowledged, and absent from ${without}${place ? '' : PLACE_UNKNOWN}`, place);
  else if (!sweepComplete && inBackup[0] && absent(swept!, sweep)) tally.add('backed-up', name, counter, IN_BACKUP);
  else if (!sweepComplete && rows.every(({ position: at }) => at === 0) && !sweep.damaged.has(position))
    tally.add('unread', name, counter, 'acknowledged; the sweep did not get there');
}

/** Whether consumers had what the sweep found: what one of them passed over is missed, what it did not reach is late. */
function judgeDelivery(sides: Sides, { counter, sent, rows, inBackup }: Judged, tally: Tally): void {
  const [swept] = rows;
  if (swept!.position === 0) return;
  const first = sides.again ? 2 : 1;
  const isAbsent = (reader: number) => rows[reader]!.position === 0;
  const late: string[] = [];
  if (
    sides.consumers.some(({ delivered }, at) => delivered === 'whole' && inBackup[first + at] && isAbsent(first + at))
  )
    tally.add('backed-up', sides.name, counter, IN_BACKUP);
  for (const [consumer, view] of sides.consumers.entries()) {
    // At a destination it stands by its own number, damaged too.
    const place = view.delivered === undefined ? swept!.position : deliveredPlace(sides.producer, counter);
    if (!isAbsent(first + consumer) || view.damaged.has(place) || inBackup[first + consumer]) continue;
    if (consumer < REACH_BITS && (swept!.reach & (1 << consumer)) !== 0) {
      tally.add('missed', sides.name, counter, `${view.name} read before and behind it, and was not given it`);
      return;
    }
    if (view.delivered === 'whole') {
      tally.add('missed', sides.name, counter, `it is in the stream, and in no object that ${view.name} read`);
      return;
    }
    late.push(view.name);
  }
  if (late.length > 0 && sent.fate === Fate.acknowledged)
    tally.add('late', sides.name, counter, `not seen by ${manyOf(late)} in time, found by the sweep`);
}

/** A reader's name, and how many more there are: of a hundred that are late the first leads to the others. */
function manyOf([first, ...others]: readonly string[]): string {
  return others.length === 0 ? first! : `${first} and ${others.length} other${others.length > 1 ? 's' : ''}`;
}
