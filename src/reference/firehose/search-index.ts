/**
 * Names of indexes: the name, and a part of the UTC arrival time as the rotation says (source: the developer guide, index rotation).
 * A week begins on Sunday, and the first of a year is the first that has a Saturday in it: so say the guide's notes; its
 * example (25 February 2016 is `2016-w08`) counts otherwise, by ISO weeks.
 */

/** How often a new index begins. */
export type Rotation = 'NoRotation' | 'OneHour' | 'OneDay' | 'OneWeek' | 'OneMonth';

const DAY_MS = 86_400_000;
const SATURDAY = 6;

/** The index of a document that arrived at a time (ms since the epoch). */
export function indexOf(name: string, rotation: Rotation, arrivalMs: number): string {
  const iso = new Date(arrivalMs).toISOString();
  switch (rotation) {
    case 'NoRotation':
      return name;
    case 'OneHour':
      return `${name}-${iso.slice(0, 13).replace('T', '-')}`;
    case 'OneDay':
      return `${name}-${iso.slice(0, 10)}`;
    case 'OneMonth':
      return `${name}-${iso.slice(0, 7)}`;
    case 'OneWeek':
      return `${name}-${weekOf(arrivalMs)}`;
  }
}

/** The week of a time, which is called by its Saturday. */
function weekOf(atMs: number): string {
  const saturday = new Date(atMs + (SATURDAY - new Date(atMs).getUTCDay()) * DAY_MS);
  const year = saturday.getUTCFullYear();
  const days = Math.floor((saturday.getTime() - Date.UTC(year, 0, 1)) / DAY_MS);
  return `${year}-w${String(Math.floor(days / 7) + 1).padStart(2, '0')}`;
}
