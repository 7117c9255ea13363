/**
 * The bounds of a place in a request as pairs: a value that is just within, and one that is just beyond. What is within is
 * left out where no such value is sure to be harmless, since an operation may do what it is asked, or sure to be right: where
 * AWS says more of a member than its bounds.
 */
import type { IntegerShape, ListShape, MapShape, Shape, StringShape } from '../../src/protocol/shapes.ts';
import { type Place, fits, neverInEarnest } from './requests.ts';

/** A value at a bound. */
export interface Bound {
  readonly value: unknown;
  /** `257 characters (256 at the most)`. */
  readonly says: string;
  readonly within: boolean;
}

/** Paths of members that AWS bounds by more than their shapes: what fits the shape may be refused for that, in any words. */
const boundByMore: ReadonlySet<string> = new Set([
  // "Not Implemented. Reserved for future use."
  'StreamId',
  // Of accounts with a commitment; in UpdateStreamMode "only valid when the stream mode is being updated to on-demand".
  'WarmThroughputMiBps',
  // The model has no bounds for it, and the text has 24 hours.
  'RetentionPeriodHours',
  // Beside an ordinary type, none of these belongs there.
  'ShardFilter.ShardId',
  'StartingSequenceNumber',
  'StartingPosition.SequenceNumber',
]);

/** Whether AWS may refuse what fits the shape. A name in an ARN is shorter than the ARN may be. */
function isBoundByMore({ member, path }: Place): boolean {
  return boundByMore.has(path) || member.endsWith('ARN');
}

/** The bounds of a place. */
export function boundsOf(place: Place): Bound[] {
  const { operation, member, path, shape } = place;
  // What is missing from a list is another matter: a null in it ends kinesalite, and with it the run.
  const bounds = [...(shape.required && !path.endsWith('.1') ? [missing] : []), ...boundsIn(shape, place)];
  // A short name may be another's stream, and CreateStream would make one. A token that nobody gave is refused within as beyond.
  const useless =
    operation === neverInEarnest ||
    member === 'NextToken' ||
    (member === 'StreamName' && operation === 'CreateStream') ||
    isBoundByMore(place);
  return bounds.filter(({ value, within }) => !within || (!useless && !(member === 'StreamName' && value === 'a')));
}

const missing: Bound = { value: undefined, says: 'missing (required)', within: false };

const beyond = (value: unknown, says: string): Bound => ({ value, says, within: false });
const within = (value: unknown, says: string): Bound => ({ value, says, within: true });

function boundsIn(shape: Shape, { ordinary }: Place): Bound[] {
  switch (shape.type) {
    case 'string':
      return [...lengthsOf(shape, String(ordinary)), ...contentsOf(shape, String(ordinary))];
    case 'integer':
      return integers(shape);
    case 'list':
      return listBounds(shape, ordinary as readonly unknown[]);
    case 'map':
      return mapBounds(shape);
    case 'double':
      return [beyond(shape.min - 1, `${shape.min - 1}`), beyond(shape.max + 1, `${shape.max + 1}`)];
    // Of data a stream has a maximum of its own, far below that of the model (KIN-LR-01).
    case 'blob':
    case 'structure':
    case 'boolean':
    case 'timestamp':
      return [];
  }
}

function lengthsOf(shape: StringShape, ordinary: string): Bound[] {
  const { min = 0, max } = shape;
  const bounds: Bound[] = [];
  if (min > 0) bounds.push(beyond('', `an empty text (${min} character at the least)`));
  if (min > 0 && fits(shape, 'a')) bounds.push(within('a', 'one character'));
  if (max === undefined) return bounds;
  const long = (length: number) => ordinary.padEnd(length, ordinary.at(-1));
  if (fits(shape, long(max))) bounds.push(within(long(max), `${max} characters`));
  return [...bounds, beyond(long(max + 1), `${max + 1} characters (${max} at the most)`)];
}

function contentsOf(shape: StringShape, ordinary: string): Bound[] {
  if (shape.values) return [beyond('NOTHING', `NOTHING (one of ${shape.values.length} names)`)];
  if (!shape.pattern) return [];
  const { text } = shape.pattern;
  const digitsMax = Number(/\\d\{0,(\d+)\}/.exec(text)?.[1] ?? Number.NaN) + 1;
  if (!Number.isNaN(digitsMax)) {
    return [
      within('1'.repeat(digitsMax), `${digitsMax} digits`),
      beyond('1'.repeat(digitsMax + 1), `${digitsMax + 1} digits (${digitsMax} at the most)`),
      beyond('01', '01 (no leading zero)'),
    ];
  }
  // What ends in anything but a blank is broken by a blank.
  return [beyond(`${ordinary.slice(0, 10)} *`, `against the pattern ${text}`)];
}

function integers({ min, max }: IntegerShape): Bound[] {
  return [
    ...(min === undefined ? [] : [beyond(min - 1, `${min - 1} (${min} at the least)`), within(min, `${min}`)]),
    ...(max === undefined ? [] : [within(max, `${max}`), beyond(max + 1, `${max + 1} (${max} at the most)`)]),
  ];
}

function listBounds({ min, max, member }: ListShape, [first]: readonly unknown[]): Bound[] {
  const values = member.type === 'string' ? member.values : undefined;
  const entries = (count: number) =>
    Array.from({ length: count }, (_, index) => values?.[index] ?? (typeof first === 'string' ? `k${index}` : first));
  return [
    ...(min > 0 ? [beyond([], 'an empty list')] : []),
    within(entries(max), `${max} entries`),
    beyond(entries(max + 1), `${max + 1} entries (${max} at the most)`),
  ];
}

/** The most that the model allows is more than a resource may have, so nothing is said of it. */
function mapBounds({ min, max }: MapShape): Bound[] {
  const entries = Object.fromEntries(Array.from({ length: max + 1 }, (_, index) => [`k${index}`, 'v']));
  return [...(min > 0 ? [beyond({}, 'an empty map')] : []), beyond(entries, `${max + 1} entries (${max} at the most)`)];
}
