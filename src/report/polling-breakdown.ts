/**
 * Where the propagation delay of polling comes from: waiting for the next poll, the call that brings the record, and what
 * the endpoint adds. The first part is owed to the consumer's own interval and is the same on any endpoint.
 */
import type { PollingDoc, Result } from '../result.ts';
import { linearAxis } from './axis.ts';
import type { Figure } from './figure.ts';
import { latenciesOf, withoutEnd } from './figures.ts';
import { formatCount, formatDuration, formatShare } from '../measure/format.ts';
import { html, table, type Markup } from './markup.ts';

const parts = [
  { label: 'poll phase', of: 'phaseMeanNs', hue: 'blue' },
  { label: 'call', of: 'callMeanNs', hue: 'orange' },
  { label: 'residual', of: 'residualMeanNs', hue: 'purple' },
] as const;

/** The figure over all polling fleets, or none where nobody polled. */
export function pollingFigures(result: Result): readonly Figure[] {
  const fleets = result.polling.filter((polling) => polling.records > 0);
  if (fleets.length === 0) return [];
  const highest = Math.max(...fleets.map((one) => Math.max(one.propagationMeanNs, one.phaseMeanNs + one.callMeanNs)));
  const lowest = Math.min(0, ...fleets.map((one) => one.residualMeanNs));
  return [
    {
      heading: 'Polling: where the propagation delay comes from',
      finding: fleets.map((one) => findingOf(result, one, fleets.length > 1)).join(' '),
      note: null,
      spec: {
        kind: 'bar',
        id: 'polling',
        x: linearAxis('mean propagation delay', lowest, highest, 'duration'),
        categories: fleets.map((one) => one.fleet),
        segments: parts.map(({ label, of, hue }) => ({
          label,
          hue,
          values: fleets.map((one) => one[of]),
          texts: fleets.map((one) => formatDuration(one[of])),
        })),
      },
      data: dataTable(fleets),
    },
  ];
}

/** One sentence for each part, with the values of every fleet. */
export function pollingSentences(result: Result): Markup | null {
  const fleets = result.polling.filter((one) => one.records > 0);
  if (fleets.length === 0) return null;
  const modelled = result.target.modelled ? html` <strong class="badge">modelled</strong>` : null;
  const values = (text: (one: PollingDoc) => string): string =>
    fleets.map((one) => (fleets.length > 1 ? `${one.fleet} ${text(one)}` : text(one))).join(', ');
  const intervals = values((one) => formatDuration(one.pollIntervalMeanNs));
  return html`<dl class="parts">
    <dt>Poll phase: ${values((one) => formatDuration(one.phaseMeanNs))}</dt>
    <dd>
      Waiting for the next poll that is answered (mean interval ${intervals}): half of it when polls are even, more when
      they are not. It is the price of polling, whatever the endpoint.
    </dd>
    <dt>Call: ${values((one) => formatDuration(one.callMeanNs))}${modelled}</dt>
    <dd>The GetRecords call that brought the record, from request to answer.</dd>
    <dt>Residual: ${values((one) => formatDuration(one.residualMeanNs))}${modelled}</dt>
    <dd>What the endpoint adds: the put's own way in, and the time until a stored record becomes readable.</dd>
  </dl>`;
}

function findingOf(result: Result, one: PollingDoc, named: boolean): string {
  const delays = latenciesOf(result, 'propagation', 'received').find(({ fleet }) => fleet === one.fleet);
  const rest = delays && delays.infinite > 0 ? ` That leaves out: ${withoutEnd(delays)}.` : '';
  const share = one.propagationMeanNs > 0 ? ` (${formatShare(one.phaseMeanNs / one.propagationMeanNs)})` : '';
  const terms = `${formatDuration(one.phaseMeanNs)} poll phase${share} + ${formatDuration(one.callMeanNs)} call + ${formatDuration(one.residualMeanNs)} residual`;
  return `${named ? `${one.fleet}: a` : 'A'} record took ${formatDuration(one.propagationMeanNs)} on average = ${terms}.${rest}`;
}

function dataTable(fleets: readonly PollingDoc[]): Markup {
  const head = ['fleet', 'records', 'polls', 'mean interval', 'propagation', 'poll phase', 'call', 'residual'];
  const rows = fleets.map((one) => [
    one.fleet,
    formatCount(one.records),
    formatCount(one.polls),
    formatDuration(one.pollIntervalMeanNs),
    formatDuration(one.propagationMeanNs),
    ...parts.map(({ of }) => formatDuration(one[of])),
  ]);
  return table('Propagation delay of polling, means', head, rows, [1, 2, 3, 4, 5, 6, 7]);
}
