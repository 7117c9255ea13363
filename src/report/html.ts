/**
 * One run as one HTML file that needs nothing else: no server, no network, no JavaScript for its numbers. Everything from
 * outside is escaped or embedded as data, and the policy in its head lets run only the scripts and styles whose hash it
 * names. Page order: verdict, validity, target, headline, charts, shards, ledger, then what explains and repeats the run.
 */
import type { Result } from '../result.ts';
import { environmentSection, errorSection, expectationSection, phaseSection, scenarioSection } from './closing.ts';
import { deliverySection } from './delivery-section.ts';
import { fanOutSection } from './fan-out-section.ts';
import { renderFigure, type Figure } from './figure.ts';
import { flushFigures } from './flush-figures.ts';
import { lagFigures } from './lag-timeline.ts';
import { latencyTimelineFigures } from './latency-timeline.ts';
import { ledgerSection } from './ledger-section.ts';
import { html, type Markup } from './markup.ts';
import { pageOf } from './page-frame.ts';
import { headline, targetLine, unsupportedLine, validityStrip, verdictStrip } from './opening.ts';
import { pairSection } from './pair-section.ts';
import { pairFigures, percentileFigures } from './percentile-curve.ts';
import { pollingFigures, pollingSentences } from './polling-breakdown.ts';
import { shardTable } from './shard-table.ts';
import { stepSection } from './step-section.ts';
import { throttlingSection } from './throttling-section.ts';
import { timelineFigures } from './timeline.ts';
import { travelSection } from './travel-section.ts';

/** The whole `report.html` of a result. */
export function renderHtml(result: Result): string {
  const percentiles = percentileFigures(result);
  const timelines = timelineFigures(result);
  const latencies = latencyTimelineFigures(result);
  const polling = pollingFigures(result);
  const lags = lagFigures(result);
  const pairs = pairFigures(result);
  const flushes = flushFigures(result);
  const specs = [...percentiles, ...timelines, ...latencies, ...lags, ...flushes, ...polling, ...pairs].map(
    (figure) => figure.spec,
  );
  const modelled = result.target.modelled ? html` <strong class="badge">modelled</strong>` : null;
  const { plan } = result.scenario;
  const body = html`<main>
    <h1>${plan.name} <small>against ${result.target.name}</small></h1>
    <p class="question">${plan.question}</p>
    ${verdictStrip(result)}${validityStrip(result)}${unsupportedLine(result)}${targetLine(result)}${headline(result)}
    ${chartSection('Latency', modelled, percentiles)}${chartSection('Throughput', null, timelines)}
    ${chartSection('Latency over time', modelled, latencies)}${chartSection('Consumer lag', modelled, lags)}
    ${deliverySection(result)}${chartSection('Buffers and flushes', modelled, flushes)} ${stepSection(result)}
    ${chartSection('Polling', modelled, polling)}${pollingSentences(result)}
    ${pairSection(result)}${fanOutSection(result)}
    ${shardTable(result)}${throttlingSection(result)}${travelSection(result)}
    ${ledgerSection(result)}${expectationSection(result)}${errorSection(result)}
    ${phaseSection(result)}${scenarioSection(result)}${environmentSection(result)}
  </main>`;
  return pageOf(`${result.verdict.word}: ${plan.name} against ${result.target.name}`, body.text, specs);
}

function chartSection(heading: string, badge: Markup | null, figures: readonly Figure[]): Markup | null {
  if (figures.length === 0) return null;
  return html`<section>
    <h2>${heading}${badge}</h2>
    ${figures.map(renderFigure)}
  </section>`;
}
