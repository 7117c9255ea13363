/**
 * Two ways of reading the same records: how much later one has each than the other, and where the difference comes from. What
 * polling adds by itself (its wait for the next poll, and its call) is known from its polls; what is left of either
 * fleet's delay is the endpoint's: until a record can be read, and until it is pushed.
 */
import { formatCount, formatDuration, formatPercentile } from '../measure/format.ts';
import type { LatencyDoc, PairDoc, Result } from '../result.ts';
import { renderFigure } from './figure.ts';
import { html, table, type Markup } from './markup.ts';
import { pairFigures } from './percentile-curve.ts';

/** AWS's figures: developer guide, "Enhanced fan-out consumers". */
const PUBLISHED =
  'AWS publishes a mean of about 200 ms for one consumer that polls five times a second, and of about 70 ms for fan-out.';

/** Mean delay of one fleet, in ns, and its parts; the wait and the call are null where nothing is polled. */
interface Delay {
  readonly fleet: string;
  readonly propagationNs: number;
  readonly phaseNs: number | null;
  readonly callNs: number | null;
  readonly restNs: number;
}

/** null where no fleets are compared. */
export function pairSection(result: Result): Markup | null {
  const { pairs = [] } = result;
  if (pairs.length === 0) return null;
  const modelled = result.target.modelled ? html` <strong class="badge">modelled</strong>` : null;
  return html`<section>
    <h2>Record by record${modelled}</h2>
    ${pairTable(result, pairs)} ${pairFigures(result).map(renderFigure)}
    ${pairs.flatMap((pair) => explanation(result, pair) ?? [])}
  </section> `;
}

function pairTable(result: Result, pairs: readonly PairDoc[]): Markup {
  const rows = pairs.map((pair) => {
    const doc = differenceOf(result, pair);
    return [
      pair.fleet,
      formatCount(pair.agents),
      formatCount(pair.records),
      formatCount(pair.onlyMinuend),
      formatCount(pair.onlySubtrahend),
      doc ? (doc.infinite > 0 ? 'n/a' : formatDuration(doc.meanNs)) : '–',
      ...(['p50', 'p90', 'p99'] as const).map((name) =>
        doc ? formatPercentile(doc.percentilesNs[name], doc.events) : '–',
      ),
      doc ? formatCount(doc.negative) : '–',
    ];
  });
  const head = [
    'later − sooner',
    'pairs of consumers',
    'records seen by both',
    'by the first only',
    'by the second only',
    'mean',
    'p50',
    'p90',
    'p99',
    'below zero',
  ];
  return html`${table('Differences', head, rows, [1, 2, 3, 4, 5, 6, 7, 8, 9])}
    <p class="note">
      Each record that both received gives one difference of two times on one clock. Percentiles rest on the polls and
      pushes that completed pairs, not on the records. Below zero the first had the record sooner.
    </p>`;
}

function explanation(result: Result, pair: PairDoc): Markup | null {
  const first = delayOf(result, pair.minuend);
  const second = delayOf(result, pair.subtrahend);
  const difference = differenceOf(result, pair);
  if (!first || !second || !difference || difference.infinite > 0) return null;
  const less = (a: number | null, b: number | null): number | null =>
    a === null && b === null ? null : (a ?? 0) - (b ?? 0);
  const between: Delay = {
    fleet: pair.fleet,
    propagationNs: first.propagationNs - second.propagationNs,
    phaseNs: less(first.phaseNs, second.phaseNs),
    callNs: less(first.callNs, second.callNs),
    restNs: first.restNs - second.restNs,
  };
  const show = (ns: number | null): string => (ns === null ? '–' : formatDuration(ns));
  const rows = [first, second, between].map((delay) => [
    delay.fleet,
    show(delay.propagationNs),
    show(delay.phaseNs),
    show(delay.callNs),
    show(delay.restNs),
  ]);
  const modelled = result.target.modelled ? html` <strong class="badge">modelled</strong>` : null;
  const head = ['fleet', 'propagation', 'poll phase', 'call', 'the rest: readable, pushed'];
  return html`${table(`Where ${pair.fleet} comes from, means`, head, rows, [1, 2, 3, 4])}
    <dl class="parts">
      <dt>Poll phase: ${show(between.phaseNs)}</dt>
      <dd>
        Waiting for the next poll: half the interval where polls are even. It is the price of polling, the same on any
        endpoint; what is pushed waits for no poll.
      </dd>
      <dt>Call: ${show(between.callNs)}${modelled}</dt>
      <dd>The GetRecords call that brought the record, from request to answer.</dd>
      <dt>The rest: ${show(first.restNs)} and ${show(second.restNs)}${modelled}</dt>
      <dd>
        The put's own way in and the time until the record can be read, which both wait for; of what is pushed also the
        push. ${pushSentence(first, second)}
      </dd>
    </dl>
    <p>
      ${PUBLISHED} Here it was ${show(first.propagationNs)} for ${first.fleet} and ${show(second.propagationNs)} for
      ${second.fleet}.
    </p>`;
}

function differenceOf({ latencies }: Result, pair: PairDoc): LatencyDoc | undefined {
  return latencies.find(
    (doc) => doc.metric === 'paired' && doc.fleet === pair.fleet && doc.phase === null && doc.count > 0,
  );
}

function delayOf({ latencies, polling }: Result, fleet: string): Delay | null {
  const doc = latencies.find(
    (each) =>
      each.fleet === fleet && each.metric === 'propagation' && each.outcome === 'received' && each.phase === null,
  );
  if (!doc || doc.count === 0 || doc.infinite > 0) return null;
  const polled = polling.find((each) => each.fleet === fleet);
  const [phaseNs, callNs] = [polled?.phaseMeanNs ?? null, polled?.callMeanNs ?? null];
  const propagationNs = doc.meanNs;
  return { fleet, propagationNs, phaseNs, callNs, restNs: propagationNs - (phaseNs ?? 0) - (callNs ?? 0) };
}

/** What pushing takes, where one polls and the other is pushed to: the one's rest is the other's without the push. */
function pushSentence(first: Delay, second: Delay): string | null {
  if ((first.phaseNs === null) === (second.phaseNs === null)) return null;
  const [polled, pushed] = first.phaseNs === null ? [second, first] : [first, second];
  const costNs = pushed.restNs - polled.restNs;
  // The poll phase is worked out of intervals, and the records' own mean lies a millisecond beside it in a run of half a minute.
  if (costNs <= 0) return 'So pushing costs nothing over being readable that these means can tell.';
  return `So pushing costs ${formatDuration(costNs)} over being readable.`;
}
