/**
 * What each shard accepted and throttled, and how we know which shard it was. What cannot be attributed has a row of its
 * own: a throttled entry of PutRecords carries no shard id.
 */
import type { CountSeries, Result } from '../result.ts';
import { binWidthsNs, phaseOfBins } from './figures.ts';
import { formatCount, formatRate, formatShare } from '../measure/format.ts';
import { html, table, type Markup } from './markup.ts';

const attributions: Record<CountSeries['attribution'], string> = {
  answer: 'told by the answer',
  message: 'named in the error text',
  'hash-map': 'computed from the hash key',
  none: 'not known',
};

/** The table over all written streams, or nothing where no shard is known. */
export function shardTable(result: Result): Markup | null {
  const producers = result.scenario.plan.fleets.filter((fleet) => fleet.kind === 'produce').map(({ name }) => name);
  const series = result.series.counts.filter((one) => producers.includes(one.fleet));
  const shards = [...new Set(series.flatMap((one) => one.shard ?? []))].sort();
  if (shards.length === 0) return null;
  const measured = phaseOfBins(result).map((phase) => phase?.measured === true);
  const totalOf = (some: readonly CountSeries[]): number =>
    some.reduce((sum, one) => sum + one.values.reduce((part, value, bin) => part + (measured[bin] ? value : 0), 0), 0);
  const of = (metric: 'accepted' | 'throttled', shard: string | null): CountSeries[] =>
    series.filter((one) => one.metric === metric && one.shard === shard);
  const acceptedAll = totalOf(of('accepted', null));
  const throttledAll = totalOf(of('throttled', null));
  const rows = shards.map((shard) => {
    const accepted = of('accepted', shard);
    const throttled = of('throttled', shard);
    return [
      shard,
      formatCount(totalOf(accepted)),
      acceptedAll > 0 ? formatShare(totalOf(accepted) / acceptedAll) : '–',
      peakOf(result, accepted, measured),
      formatCount(totalOf(throttled)),
      throttledAll > 0 ? formatShare(totalOf(throttled) / throttledAll) : '–',
      wordOf(accepted),
      wordOf(throttled),
    ];
  });
  const rest = (metric: 'accepted' | 'throttled', all: number): number =>
    all - totalOf(shards.flatMap((shard) => of(metric, shard)));
  const mispredicted = totalOf(series.filter((one) => one.metric === 'mispredicted' && one.shard === null));
  const lostAccepted = rest('accepted', acceptedAll);
  const lostThrottled = rest('throttled', throttledAll);
  if (lostAccepted > 0 || lostThrottled > 0) {
    rows.push(['not attributed', formatCount(lostAccepted), '', '', formatCount(lostThrottled), '', '', 'not known']);
  }
  const head = [
    'shard',
    'accepted',
    'share',
    'peak /s',
    'throttled',
    'share',
    'accepted known by',
    'throttled known by',
  ];
  return html`<section>
    <h2>Shards</h2>
    <p class="note">
      Answers in whole seconds of the measured phases, so records that were due in one and answered after it are in the
      headline and not here. Published limit of a shard: ${formatRate(result.target.shardLimits.writeRecordsPerS)}
      records/s; peak is the fullest bin. Of the accepted records whose shard was computed from the hash key for
      comparison, ${mispredicted === 0 ? 'none' : formatCount(mispredicted)} went to another one.
    </p>
    ${table('Records by shard', head, rows, [1, 2, 3, 4, 5])}
  </section> `;
}

function peakOf(result: Result, series: readonly CountSeries[], measured: readonly boolean[]): string {
  const widths = binWidthsNs(result);
  const rates = measured.map((inside, bin) => {
    const whole = inside && widths[bin] === result.series.binNs;
    return whole ? series.reduce((sum, one) => sum + (one.values[bin] ?? 0), 0) / (widths[bin]! / 1e9) : 0;
  });
  return formatRate(Math.max(0, ...rates));
}

function wordOf(series: readonly CountSeries[]): string {
  const words = new Set(series.map((one) => attributions[one.attribution]));
  return words.size === 0 ? '–' : [...words].join('; ');
}
