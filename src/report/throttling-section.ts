/**
 * What limits the shards, told from what they let through: the kind of limiter that explains it best, its figures, and what it
 * still gets wrong. A limiter that cannot be told is said to be undecided, with the reason.
 */
import { formatBytes, formatCount, formatDuration, formatRate, formatShare } from '../measure/format.ts';
import type { Result, ThrottlingDoc, ThrottlingShapeDoc } from '../result.ts';
import { html, table, type Markup } from './markup.ts';

const kinds: Record<ThrottlingShapeDoc['kind'], string> = {
  none: 'none',
  undecided: 'undecided',
  random: 'random',
  'fixed-window': 'fixed window',
  'sliding-window': 'sliding window',
  'token-bucket': 'token bucket',
};

const limits: Record<ThrottlingDoc['limited'], string> = {
  nothing: 'nothing',
  unknown: 'not known',
  either: 'records or bytes: records of one size cannot tell',
  records: 'records',
  calls: 'calls',
  bytes: 'bytes',
};

/** The table, or nothing where no attempt was kept. */
export function throttlingSection(result: Result): Markup | null {
  const { throttling = [] } = result;
  if (throttling.length === 0) return null;
  const rows = throttling.flatMap((doc) => {
    const [shape] = doc.shapes;
    return shape ? [rowOf(doc, shape)] : [];
  });
  const head = [
    'stream',
    'side',
    'shard',
    'limited',
    'shape',
    'sustained',
    'burst',
    'recovery',
    'residual',
    'throttled',
    'attempts',
    'why',
  ];
  return html`<section>
    <h2>What limits the shards</h2>
    <p class="note">
      Told from the attempts shortly before and after the first throttle, of all fleets together: which limiter would
      have let the same ones pass. The residual is the share that it gets wrong.
    </p>
    ${table('Shape of the throttling', head, rows, [5, 6, 7, 8, 9, 10])}
  </section> `;
}

function rowOf({ stream, side, shard, limited }: ThrottlingDoc, shape: ThrottlingShapeDoc): string[] {
  const amount = (value: number | null, suffix = ''): string => {
    if (value === null) return '–';
    const text = shape.unit === 'bytes' ? formatBytes(value) : suffix === '' ? formatCount(value) : formatRate(value);
    return shape.unit === 'bytes' ? `${text}${suffix}` : `${text} ${shape.unit}${suffix}`;
  };
  return [
    stream,
    side,
    shard ?? 'all',
    limits[limited],
    kinds[shape.kind],
    amount(shape.sustainedPerS, '/s'),
    amount(shape.burst),
    shape.recoveryNs === null ? '–' : formatDuration(shape.recoveryNs),
    shape.residual === null ? '–' : formatShare(shape.residual),
    formatCount(shape.throttled),
    formatCount(shape.attempts),
    shape.explanation,
  ];
}
