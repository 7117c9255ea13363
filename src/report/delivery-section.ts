/**
 * What Data Firehose delivered, in numbers: how many objects or requests, which hint closed them, and what speaks against them, beside what
 * the scenario asked for. `flush-figures.ts` draws them.
 */
import { formatBytes, formatCount, formatDuration, formatPlural } from '../measure/format.ts';
import type { Result } from '../result.ts';
import { followed, wordOf } from './followed.ts';
import { html, type Markup, table } from './markup.ts';

/** When something is there. */
const said: Readonly<Record<ReturnType<typeof wordOf>, string>> = {
  object:
    'An object is there from the first listing that has it, so delays are known to the time between two listings. ',
  request: 'A request is there when it has come whole; refused are those that were answered with 503. ',
  answer:
    'A document is there from the first answer to a query that has it, so delays are known to the time between two queries, and hold the refresh of the index; what one query finds new is taken for a buffer. ',
};

/** How many objects there were, for which hint each was written, and what stands against them. null where nothing was watched. */
export function deliverySection(result: Result): Markup | null {
  const all = followed(result);
  if (all.length === 0) return null;
  const rows = all.map(({ doc, plan }) => [
    doc.fleet,
    plan.source === null ? `${plan.alias} (direct)` : `${plan.alias} (of ${plan.source})`,
    plan.destination,
    `${formatBytes(plan.bufferBytes)} or ${formatDuration(plan.intervalNs)}, ${plan.compression}`,
    ...['objects', 'objects-by-interval', 'objects-by-size', 'objects-by-unknown', 'objects-unreadable'].map((metric) =>
      formatCount(totalOf(result, doc.fleet, metric)),
    ),
    wordOf(plan) === 'request' ? formatCount(totalOf(result, doc.fleet, 'requests-refused')) : '–',
    wordOf(plan) === 'answer' ? '–' : formatCount(totalOf(result, doc.fleet, 'out-of-order')),
    doc.resolutionNs === 0 ? 'exact' : formatDuration(doc.resolutionNs),
  ]);
  const words = new Set(all.map(({ plan }) => wordOf(plan)));
  const things = [...words].map((word) => `${word}s`).join(' or ');
  const hinted = [
    'fleet',
    'delivery stream',
    'to',
    'buffer',
    things,
    'by interval',
    'by size',
    'unknown',
    'unreadable',
  ];
  const head = [...hinted, 'refused', 'out of order', 'resolution'];
  const broken = all.flatMap(({ doc }) => doc.objects.filter(({ unreadable }) => unreadable !== null)).slice(0, 5);
  const backedUp = result.ledger.counts['backed-up'] ?? 0;
  return html`<section>
    <h2>Delivery${result.target.modelled ? html` <strong class="badge">modelled</strong>` : null}</h2>
    ${table('What was delivered', head, rows, [4, 5, 6, 7, 8, 9, 10, 11])}
    <p class="note">
      Counts are of the whole run, records out of order those that stand behind a later one of their producer where they
      arrived. ${[...words].map((word) => said[word]).join('')}A buffer is taken for closed by its size where no other
      record of its largest size would have fitted, and by its interval where its oldest record was sent as long ago;
      unknown is where both hold, or neither.
    </p>
    ${backedUp > 0 ? html`<p>${formatPlural(backedUp, 'record')} not delivered, but in the backup or among the errors.</p>` : null}
    ${broken.map(({ key, unreadable }) => html`<p>${key} cannot be opened: ${unreadable}.</p>`)}
  </section> `;
}

/** `Delivered (scenario, target): watcher 10 objects, 1.46 MiB: 9 by interval (60 s), 1 by size (5 MiB)`; null where nothing was watched. */
export function deliveries(result: Result, name: string): string | null {
  const parts = followed(result).map(({ doc, plan }) => {
    const of = (metric: string) => totalOf(result, doc.fleet, metric);
    const told = [
      [of('objects-by-interval'), `by interval (${formatDuration(plan.intervalNs)})`],
      [of('objects-by-size'), `by size (${formatBytes(plan.bufferBytes)})`],
      [of('objects-by-unknown'), 'unknown'],
      [of('objects-unreadable'), 'unreadable'],
      [of('requests-refused'), 'refused'],
    ] as const;
    const seen = told.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
    return `${doc.fleet} ${formatPlural(of('objects'), wordOf(plan))}${seen.length > 0 ? `: ${seen.join(', ')}` : ''}`;
  });
  const backedUp = result.ledger.counts['backed-up'] ?? 0;
  if (backedUp > 0) parts.push(`${formatPlural(backedUp, 'record')} not delivered, but in the backup`);
  return parts.length === 0 ? null : `Delivered (${name}, ${result.target.name}): ${parts.join('; ')}`;
}

function totalOf({ counts }: Result, fleet: string, metric: string): number {
  return counts
    .filter((doc) => doc.fleet === fleet && doc.metric === metric && doc.phase !== null)
    .reduce((sum, { count }) => sum + count, 0);
}
