/**
 * One run as one HTML file that needs nothing else: no server, no network, no JavaScript for its numbers. Everything from
 * outside is escaped or embedded as data, and the policy in its head lets run only the scripts and styles whose hash it
 * names. Page order: verdict, validity, target, headline, charts, shards, ledger, then what explains and repeats the run.
 */
import { createHash } from 'node:crypto';
import type { Result } from '../result.ts';
import { environmentSection, errorSection, expectationSection, phaseSection, scenarioSection } from './closing.ts';
import { renderFigure, type Figure } from './figure.ts';
import { inlinedScript } from './inlined-script.ts';
import { latencyTimelineFigures } from './latency-timeline.ts';
import { ledgerSection } from './ledger-section.ts';
import { escapeHtml, html, scriptJson, type Markup } from './markup.ts';
import { headline, targetLine, validityStrip, verdictStrip } from './opening.ts';
import { percentileFigures } from './percentile-curve.ts';
import { pollingFigures, pollingSentences } from './polling-breakdown.ts';
import { shardTable } from './shard-table.ts';
import { stylesheet } from './stylesheet.ts';
import { timelineFigures } from './timeline.ts';
import { travelSection } from './travel-section.ts';

/** The whole `report.html` of a result. */
export function renderHtml(result: Result): string {
  const percentiles = percentileFigures(result);
  const timelines = timelineFigures(result);
  const latencies = latencyTimelineFigures(result);
  const polling = pollingFigures(result);
  const specs = [...percentiles, ...timelines, ...latencies, ...polling].map((figure) => figure.spec);
  const modelled = result.target.modelled ? html` <strong class="badge">modelled</strong>` : null;
  const { plan } = result.scenario;
  const body = html`<main>
    <h1>${plan.name} <small>against ${result.target.name}</small></h1>
    <p class="question">${plan.question}</p>
    ${verdictStrip(result)}${validityStrip(result)}${targetLine(result)}${headline(result)}
    ${chartSection('Latency', modelled, percentiles)}${chartSection('Throughput', null, timelines)}
    ${chartSection('Latency over time', modelled, latencies)}
    ${chartSection('Polling', modelled, polling)}${pollingSentences(result)}
    ${shardTable(result)}${travelSection(result)}${ledgerSection(result)}${expectationSection(result)}${errorSection(result)}
    ${phaseSection(result)}${scenarioSection(result)}${environmentSection(result)}
  </main>`;
  return documentOf(`${result.verdict.word}: ${plan.name} against ${result.target.name}`, body.text, specs);
}

function chartSection(heading: string, badge: Markup | null, figures: readonly Figure[]): Markup | null {
  if (figures.length === 0) return null;
  return html`<section>
    <h2>${heading}${badge}</h2>
    ${figures.map(renderFigure)}
  </section>`;
}

function documentOf(title: string, body: string, specs: readonly unknown[]): string {
  const script = inlinedScript();
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(stylesheet)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
    '<meta name="color-scheme" content="light dark">\n',
    `<title>${escapeHtml(title)}</title>\n<style>${stylesheet}</style>\n</head>\n<body>\n`,
    body,
    `\n<script type="application/json" id="charts">${scriptJson(specs)}</script>\n`,
    `<script>${script}</script>\n</body>\n</html>\n`,
  ].join('');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
