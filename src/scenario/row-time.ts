/**
 * Times in data sets: ISO 8601 texts, or numbers since the epoch whose size tells their unit (below 10^11 seconds, below 10^14
 * milliseconds, below 10^17 microseconds, else nanoseconds: right for every time from 1974 to 5138).
 */
import { RowFault } from './data-rows.ts';

/** ns since the epoch. Throws RowFault. */
export function timeNsOf(text: string | undefined, field: string): number {
  if (text === undefined) throw new RowFault(`no field ${field} for its time`);
  const number = text.trim() === '' ? NaN : Number(text);
  if (!Number.isNaN(number)) {
    const size = Math.abs(number);
    return number * (size < 1e11 ? 1e9 : size < 1e14 ? 1e6 : size < 1e17 ? 1e3 : 1);
  }
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new RowFault(`"${text.slice(0, 40)}" in ${field} is no time`);
  return ms * 1e6;
}
