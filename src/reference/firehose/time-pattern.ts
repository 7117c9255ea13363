/**
 * Times written by the letters of Java's DateTimeFormatter, in any time zone: the part of its language that is numbers, and
 * text in quotes. Its names of months, days and zones are refused, not guessed.
 */

/** A pattern that can be written. */
export interface TimePattern {
  write(atMs: number, zone: string): string;
}

/** The parts of a time in a zone, by the names that the platform gives them. */
type Fields = Readonly<Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'milli', number>>;

const letters: Readonly<Record<string, (fields: Fields) => number>> = {
  y: ({ year }) => year,
  u: ({ year }) => year,
  M: ({ month }) => month,
  L: ({ month }) => month,
  d: ({ day }) => day,
  D: ({ year, month, day }) => (Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 1)) / 86_400_000 + 1,
  H: ({ hour }) => hour,
  k: ({ hour }) => hour || 24,
  K: ({ hour }) => hour % 12,
  h: ({ hour }) => hour % 12 || 12,
  m: ({ minute }) => minute,
  s: ({ second }) => second,
};

/** Letters in a row at the most, where it is not two (source: DateTimeFormatterBuilder). */
const widths: Readonly<Record<string, number>> = { y: 19, u: 19, D: 3 };
const FRACTION_MAX = 9;

/** Reads a pattern. A string is what is wrong with it. */
export function readTimePattern(text: string): TimePattern | string {
  if (text === '') return 'the expression !{timestamp:} has no pattern';
  const parts: (string | ((fields: Fields) => string))[] = [];
  for (const [part] of text.matchAll(/'(?:[^']|'')*'?|([A-Za-z])\1*|[^A-Za-z']+/g)) {
    if (part.startsWith("'")) {
      if (part.length === 1 || !part.endsWith("'")) return `a quote of the timestamp pattern ${text} is never closed`;
      parts.push(part === "''" ? "'" : part.slice(1, -1).replaceAll("''", "'"));
      continue;
    }
    const letter = part[0]!;
    if (!/[A-Za-z]/.test(letter)) {
      // They stand for optional sections, or for nothing yet.
      if (/[[\]{}#]/.test(part)) return `the characters [ ] { } # of the timestamp pattern ${text} have to be quoted`;
      parts.push(part);
      continue;
    }
    const width = part.length;
    if (letter === 'S' && width <= FRACTION_MAX) {
      parts.push(({ milli }) => String(milli).padStart(3, '0').padEnd(width, '0').slice(0, width));
      continue;
    }
    const read = Object.hasOwn(letters, letter) ? letters[letter] : undefined;
    if (!read || width > (widths[letter] ?? 2))
      return `the letters ${part} of the timestamp pattern ${text} are not known to the reference`;
    const short = width === 2 && (letter === 'y' || letter === 'u');
    parts.push((fields) => String(short ? read(fields) % 100 : read(fields)).padStart(width, '0'));
  }
  return {
    write(atMs, zone) {
      const fields = fieldsOf(atMs, zone);
      return parts.map((part) => (typeof part === 'string' ? part : part(fields))).join('');
    },
  };
}

/** Whether the platform knows a time zone. */
export function isZone(zone: string): boolean {
  try {
    formatterOf(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Making one takes a millisecond, and a delivery stream has one zone. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (!formatter) {
    const two = '2-digit';
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}

function fieldsOf(atMs: number, zone: string): Fields {
  const parts = formatterOf(zone).formatToParts(atMs);
  const field = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return {
    year: field('year'),
    month: field('month'),
    day: field('day'),
    hour: field('hour'),
    minute: field('minute'),
    second: field('second'),
    milli: Math.floor(atMs) % 1000,
  };
}
