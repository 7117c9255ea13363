/**
 * What limits each shard, by the attempts of all fleets and threads on it together: the limiter saw them all. Shapes are told
 * for records (or calls) and for bytes, and the unit that explains the attempts better is the one that is limited; records of
 * one size cannot tell the two apart.
 */
import type { AttemptExport, AttemptSide } from '../fleet/attempt-log.ts';
import { type Attempt, throttleShape } from '../measure/throttle-shape.ts';
import type { ThrottlingDoc, ThrottlingShapeDoc } from '../result.ts';

/** Shards of one stream and side that are judged, the most throttled first: a shape costs some tenths of a second. */
const SHARDS_MAX = 8;

type Shard = Pick<ThrottlingDoc, 'stream' | 'side'> & { readonly shard: string; readonly exports: AttemptExport[] };

/** One document for each throttled shard, or one for the whole stream where nothing was throttled. */
export function throttlingDocs(exports: readonly AttemptExport[]): ThrottlingDoc[] {
  const shards = new Map<string, Shard>();
  for (const each of exports) {
    const { stream, side, shard } = each;
    const key = `${stream}|${side}|${shard}`;
    const known = shards.get(key) ?? { stream, side, shard, exports: [] };
    known.exports.push(each);
    shards.set(key, known);
  }
  const groups = Map.groupBy(shards.values(), ({ stream, side }) => `${stream}|${side}`);
  return [...groups.values()].flatMap((group) => docsOf(group)).sort(inOrder);
}

function docsOf(group: readonly Shard[]): ThrottlingDoc[] {
  const throttled = group
    .map((shard) => ({ ...shard, refused: refusedOf(shard) }))
    .filter(({ refused }) => refused > 0)
    .sort((a, b) => b.refused - a.refused || (a.shard < b.shard ? -1 : 1));
  if (throttled.length > 0) return throttled.slice(0, SHARDS_MAX).map((shard) => docOf(shard));
  const { stream, side } = group[0]!;
  const attempts = group.flatMap(({ exports }) => exports.flatMap((each) => attemptsOf(each)));
  return [{ stream, side, shard: null, limited: 'nothing', shapes: [shapeOf(unitsOf(side)[0], attempts)] }];
}

function refusedOf({ exports }: Shard): number {
  return exports.reduce((sum, { accepted }) => sum + accepted.filter((each) => !each).length, 0);
}

function docOf({ stream, side, shard, exports }: Shard): ThrottlingDoc {
  // Only while nobody forgot or left out anything is the picture whole.
  const fromNs = Math.max(...exports.map((each) => each.fromNs));
  const toNs = Math.min(...exports.map((each) => each.toNs));
  const attempts = exports.flatMap((each) => attemptsOf(each)).filter(({ atNs }) => atNs >= fromNs && atNs <= toNs);
  const [count, bytes] = unitsOf(side);
  const shapes = [shapeOf(count, attempts), shapeOf(bytes, attempts, side)].sort(
    (a, b) => (a.residual ?? 1) - (b.residual ?? 1),
  );
  return { stream, side, shard, limited: limitedOf(shapes), shapes };
}

const unitsOf = (side: AttemptSide) =>
  side === 'write' ? (['records', 'bytes'] as const) : (['calls', 'bytes'] as const);

interface Kept {
  readonly atNs: number;
  readonly bytes: number;
  readonly accepted: boolean;
}

function attemptsOf({ atNs, bytes, accepted }: AttemptExport): Kept[] {
  return atNs.map((each, index) => ({ atNs: each, bytes: bytes[index]!, accepted: accepted[index]! }));
}

function shapeOf(
  unit: ThrottlingShapeDoc['unit'],
  kept: readonly Kept[],
  side: AttemptSide = 'write',
): ThrottlingShapeDoc {
  const attempts = kept.map(({ atNs, bytes, accepted }): Attempt => {
    if (unit !== 'bytes') return { atNs, amount: 1, accepted };
    // What a read will bring is known to nobody when it is let through.
    return side === 'read' ? { atNs, amount: bytes, ask: 0, accepted } : { atNs, amount: bytes, accepted };
  });
  return { unit, ...throttleShape(attempts) };
}

/** The unit whose limiter explains it, if the other one's does so much worse. */
function limitedOf([best, other]: readonly ThrottlingShapeDoc[]): ThrottlingDoc['limited'] {
  if (!best || best.kind === 'undecided' || best.kind === 'random') return 'unknown';
  const alike = other !== undefined && (other.residual ?? 1) <= 1.5 * (best.residual ?? 0) + 0.01;
  if (alike) return other.kind === best.kind ? 'either' : 'unknown';
  return best.unit;
}

function inOrder(a: ThrottlingDoc, b: ThrottlingDoc): number {
  const key = ({ stream, side, shard }: ThrottlingDoc) => `${stream}|${side === 'write' ? 0 : 1}|${shard}`;
  return key(a) < key(b) ? -1 : 1;
}
