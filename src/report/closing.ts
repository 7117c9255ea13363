/** The lower half of the page: expectations, errors, counts and latencies by phase, the scenario, and how to repeat it. */
import type { Result } from '../result.ts';
import { formatBytes, formatCount, formatDuration, formatPercentile } from '../measure/format.ts';
import { html, table, type Markup } from './markup.ts';
import { latencyName } from './percentile-curve.ts';
import { repeatCommand } from './repeat-command.ts';
import { verdictMark } from './verdict-mark.ts';

/** Rows of grouped errors shown at the most: a page must open whatever the target said. */
const ERRORS_MAX = 50;

/** Each line of `expect` with what was seen. */
export function expectationSection(result: Result): Markup {
  const rows = result.expectations.map((one) => [
    verdictMark(one.verdict),
    html`<code>${one.text}</code>`,
    one.observed,
    one.explanation,
  ]);
  return html`<section>
    <h2>Expectations</h2>
    ${rows.length === 0 ? html`<p>The scenario expects nothing.</p>` : table('Expectations', ['verdict', 'expected', 'observed', ''], rows)}
  </section> `;
}

/** Errors by kind, the most frequent first. */
export function errorSection(result: Result): Markup {
  if (result.errors.length === 0)
    return html`<section>
      <h2>Errors</h2>
      <p>None.</p>
    </section>`;
  const sorted = [...result.errors].sort((a, b) => b.count - a.count);
  const rows = sorted
    .slice(0, ERRORS_MAX)
    .map((one) => [formatCount(one.count), one.code, one.operation, one.fleet, one.message]);
  const more = sorted.length - rows.length;
  return html`<section>
    <h2>Errors</h2>
    ${table('Errors by kind', ['count', 'code', 'operation', 'fleet', 'first message'], rows, [0])}
    ${more > 0 ? html`<p class="note">${formatCount(more)} more kinds in result.json.</p>` : null}
  </section> `;
}

/** Counts by fleet and phase, then every latency by fleet and phase. */
export function phaseSection(result: Result): Markup {
  const spans = result.phases.map((phase) => [
    phase.name,
    phase.kind,
    phase.measured ? 'measured' : 'unmeasured',
    formatDuration(phase.startNs),
    formatDuration(phase.endNs - phase.startNs),
  ]);
  return html`<section>
    <h2>Phases</h2>
    ${table('Phases', ['phase', 'kind', '', 'from', 'length'], spans, [3, 4])}
    <h3>Counts</h3>
    ${countTable(result)}
    <h3>Latencies</h3>
    <p class="note">
      A percentile with fewer than ten independent events beyond it is not a number. Never: calls that were skipped,
      records that never came or too late to be timed. They rank above every value, and are in no mean and no maximum.
    </p>
    ${latencyTable(result)}
  </section> `;
}

function countTable(result: Result): Markup {
  const metrics = [...new Set(result.counts.map((doc) => doc.metric))];
  const keys = [...new Map(result.counts.map((doc) => [JSON.stringify([doc.fleet, doc.phase]), doc])).values()];
  const rows = keys.map(({ fleet, phase }) => {
    const own = result.counts.filter((doc) => doc.fleet === fleet && doc.phase === phase);
    const cells = metrics.map((metric) => {
      const doc = own.find((one) => one.metric === metric);
      if (!doc) return '–';
      return doc.bytes > 0 ? `${formatCount(doc.count)} (${formatBytes(doc.bytes)})` : formatCount(doc.count);
    });
    return [fleet, phase ?? 'all measured', ...cells];
  });
  return table(
    'Counts by fleet and phase',
    ['fleet', 'phase', ...metrics],
    rows,
    metrics.map((_, index) => index + 2),
  );
}

function latencyTable(result: Result): Markup {
  const rows = result.latencies.map((doc) => [
    doc.fleet,
    doc.phase ?? 'all measured',
    latencyName(doc, false),
    formatCount(doc.count),
    formatCount(doc.events),
    formatDuration(doc.minNs),
    formatDuration(doc.meanNs),
    ...(['p50', 'p90', 'p99', 'p99.9'] as const).map((name) => formatPercentile(doc.percentilesNs[name], doc.events)),
    formatDuration(doc.maxNs),
    formatCount(doc.infinite),
    formatCount(doc.negative),
  ]);
  const head = [
    'fleet',
    'phase',
    'latency',
    'values',
    'events',
    'min',
    'mean',
    'p50',
    'p90',
    'p99',
    'p99.9',
    'max',
    'never',
    'below 0',
  ];
  return table('Latencies by fleet and phase', head, rows, head.map((_, index) => index).slice(3));
}

/** The scenario as read, and what it takes to repeat the run. */
export function scenarioSection(result: Result): Markup {
  const { scenario, run } = result;
  const { plan } = scenario;
  return html`<section>
    <h2>Scenario</h2>
    <dl class="facts">
      <dt>expected</dt>
      <dd>${plan.expected === '' ? '–' : plan.expected}</dd>
      <dt>plan, SHA-256</dt>
      <dd><code>${scenario.planHash}</code></dd>
      <dt>seed</dt>
      <dd>${run.seed}</dd>
      <dt>changed by --set</dt>
      <dd>${scenario.overrides.length === 0 ? 'nothing' : scenario.overrides.join(' · ')}</dd>
      <dt>to repeat</dt>
      <dd><code>${repeatCommand(result)}</code></dd>
    </dl>
    <details open>
      <summary>${scenario.file ?? 'Scenario given by a program'}</summary>
      <pre tabindex="0">${scenario.text}</pre>
    </details>
  </section> `;
}

/** What the tool's figures were worth when they were last compared with a known answer on this machine. */
function calibrationText({ calibration, environment }: Result): string {
  if (!calibration) return 'none on this machine; `kinebench calibrate` makes one';
  const { verdict, figures, missed, stubs, madeAt, pacingP99Ns, kinebench, node, hostClass } = calibration;
  const same =
    kinebench === environment.kinebench && node === environment.node && hostClass === environment.hostClass
      ? 'this version and machine'
      : `kinebench ${kinebench}, Node ${node}, ${hostClass}: another version or machine than this run's`;
  const word = { pass: 'passed', fail: 'FAILED', indeterminate: 'proved nothing, the machine was too busy' }[verdict];
  return `${word}: ${figures - missed} of ${figures} figures of ${stubs} stubs held, pacing error p99 ${formatDuration(pacingP99Ns)}; ${madeAt}, ${same}`;
}

/** Where the run took place. */
export function environmentSection(result: Result): Markup {
  const { environment, target } = result;
  return html`<section>
    <h2>Environment</h2>
    <dl class="facts">
      <dt>kinebench</dt>
      <dd>${environment.kinebench}, Node ${environment.node}</dd>
      <dt>machine</dt>
      <dd>
        ${
          environment.clock === 'virtual'
            ? 'any: nothing of a simulation depends on it'
            : `${environment.cpu}, ${environment.cores} cores, ${formatBytes(environment.memoryBytes)}, ${environment.os}`
        }
      </dd>
      <dt>host class</dt>
      <dd>${environment.hostClass}: results are comparable only within one class</dd>
      <dt>calibration</dt>
      <dd>${calibrationText(result)}</dd>
      <dt>target says it does</dt>
      <dd>${target.capabilities.length === 0 ? 'nothing in particular' : target.capabilities.join(', ')}</dd>
    </dl>
    <p class="note">
      This page is made from result.json, which lies beside it and holds the histograms, all series and the plan.
    </p>
  </section> `;
}
