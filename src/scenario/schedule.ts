/**
 * A schedule by file: the times at which calls are due, one a line, counted from the start of the load, with the number of calls
 * where it is not 1 (`1.5s 20`). Blank lines and what follows a # are left out. The times are read into the plan, so that a
 * result can be repeated without the file.
 */
import type { Cursor } from './cursor.ts';
import type { SchedulePlan } from './plan.ts';
import { TextFault } from './text-fault.ts';
import { formatDuration, parseDurationNs } from './units.ts';

/** More lines than this are a rate, not a schedule; and every result holds them. */
const LINES_MAX = 100_000;
/** Faults of one file shown at once. */
const FAULTS_MAX = 10;

type Point = readonly [atNs: number, calls: number];

/** Reads the file named at `at`, from the scenario's folder; notes every fault with file and line, and then gives undefined. */
export function readSchedule(at: Cursor, loadNs: number): SchedulePlan | undefined {
  const file = at.text();
  const text = file === undefined ? undefined : at.parse(() => at.source.readBeside(file));
  if (file === undefined || text === undefined) return undefined;
  const { points, faults } = parseSchedule(text, loadNs);
  for (const { line, what, wayOut } of faults.slice(0, FAULTS_MAX)) at.fault(`${file}:${line}: ${what}`, wayOut);
  if (faults.length > FAULTS_MAX) at.fault(`${file} has ${faults.length - FAULTS_MAX} faults more`, 'mend these first');
  if (faults.length > 0) return undefined;
  if (points.length > 0 && points.length <= LINES_MAX) return { file, points };
  at.fault(`${file} holds ${points.length} times`, `1 to ${LINES_MAX}`);
  return undefined;
}

interface LineFault {
  readonly line: number;
  readonly what: string;
  readonly wayOut: string;
}

function parseSchedule(text: string, loadNs: number): { points: Point[]; faults: LineFault[] } {
  const points: Point[] = [];
  const faults: LineFault[] = [];
  for (const [index, written] of text.split('\n').entries()) {
    const words = written.replace(/#.*/s, '').trim();
    if (words === '') continue;
    try {
      points.push(pointOf(words, points.at(-1)?.[0] ?? 0, loadNs));
    } catch (error) {
      if (!(error instanceof TextFault)) throw error;
      faults.push({ line: index + 1, what: error.message, wayOut: error.wayOut });
    }
  }
  return { points, faults };
}

function pointOf(line: string, beforeNs: number, loadNs: number): Point {
  const [time, count = '1', more] = line.split(/\s*,\s*|\s+/);
  if (more !== undefined)
    throw new TextFault(`"${line}" is more than a time and a number`, 'such as 1.5s 20, without a space in the time');
  const atNs = parseDurationNs(time!);
  if (!/^[1-9]\d{0,6}$/.test(count)) throw new TextFault(`"${count}" is not a number of calls`, '1 to 9999999');
  if (atNs < beforeNs)
    throw new TextFault(`${time} comes after ${formatDuration(beforeNs)}`, 'put the times in ascending order');
  if (atNs >= loadNs)
    throw new TextFault(`the load ends after ${formatDuration(loadNs)}, before ${time}`, 'lengthen the phases');
  return [atNs, Number(count)];
}
