/**
 * What Data Firehose delivered, object by object: when each was there and how large, which hint closed it, and how that compares with
 * what the scenario asked for. The delays of the records stand with the other latencies.
 */
import { formatBytes, formatCount, formatDuration, formatPlural } from '../measure/format.ts';
import type { DeliveryDoc, ObjectDoc, Result } from '../result.ts';
import type { DeliveryPlan } from '../scenario/plan.ts';
import { linearAxis, phaseBands, stepMarks, timeAxis } from './axis.ts';
import type { Hue } from './chart-spec.ts';
import type { Figure } from './figure.ts';
import { html, type Markup, table } from './markup.ts';

const ROWS_MAX = 400;

const conditions: readonly (readonly [ObjectDoc['condition'], string, Hue])[] = [
  ['interval', 'closed by its interval', 'blue'],
  ['size', 'closed by its size', 'vermillion'],
  ['unknown', 'closed by either, or by neither', 'purple'],
];

/** The objects of each watcher over time, and how many there are of each size. */
export function deliveryFigures(result: Result): readonly Figure[] {
  return followed(result).flatMap(({ doc, plan }, index) => {
    const objects = doc.objects.filter(({ unreadable }) => unreadable === null);
    return objects.length === 0 ? [] : [timeline(result, doc, objects, index), sizes(doc, plan, objects, index)];
  });
}

/** How many objects there were, for which hint each was written, and what stands against them. null where nothing was watched. */
export function deliverySection(result: Result): Markup | null {
  const all = followed(result);
  if (all.length === 0) return null;
  const rows = all.map(({ doc, plan }) => [
    doc.fleet,
    plan.source === null ? `${plan.alias} (direct)` : `${plan.alias} (of ${plan.source})`,
    `${formatBytes(plan.bufferBytes)} or ${formatDuration(plan.intervalNs)}, ${plan.compression}`,
    ...['objects', 'objects-by-interval', 'objects-by-size', 'objects-by-unknown', 'objects-unreadable'].map((metric) =>
      formatCount(totalOf(result, doc.fleet, metric)),
    ),
    formatCount(totalOf(result, doc.fleet, 'out-of-order')),
    formatDuration(doc.resolutionNs),
  ]);
  const head = ['fleet', 'delivery stream', 'buffer', 'objects', 'by interval', 'by size', 'unknown', 'unreadable'];
  const broken = all.flatMap(({ doc }) => doc.objects.filter(({ unreadable }) => unreadable !== null)).slice(0, 5);
  return html`<section>
    <h2>Delivery${result.target.modelled ? html` <strong class="badge">modelled</strong>` : null}</h2>
    ${table('Objects delivered', [...head, 'out of order', 'resolution'], rows, [3, 4, 5, 6, 7, 8, 9])}
    <p class="note">
      Counts are of the whole run, records out of order those that stand behind a later one of their producer in their
      object. An object is visible from the first listing that has it, so delays are known to the time between two
      listings. It is taken for closed by its size where no other record of its largest size would have fitted, and by
      its interval where its oldest record was sent as long ago; unknown is where both hold, or neither.
    </p>
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
    ] as const;
    const seen = told.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
    return `${doc.fleet} ${formatPlural(of('objects'), 'object')}${seen.length > 0 ? `: ${seen.join(', ')}` : ''}`;
  });
  return parts.length === 0 ? null : `Delivered (${name}, ${result.target.name}): ${parts.join('; ')}`;
}

/** What was watched, with what was asked for. */
function followed({ delivery = [], scenario }: Result): { readonly doc: DeliveryDoc; readonly plan: DeliveryPlan }[] {
  return delivery.flatMap((doc) => {
    const plan = scenario.plan.deliveries?.find(({ alias }) => alias === doc.delivery);
    return plan ? [{ doc, plan }] : [];
  });
}

function totalOf({ counts }: Result, fleet: string, metric: string): number {
  return counts
    .filter((doc) => doc.fleet === fleet && doc.metric === metric && doc.phase !== null)
    .reduce((sum, { count }) => sum + count, 0);
}

function timeline(result: Result, doc: DeliveryDoc, objects: readonly ObjectDoc[], index: number): Figure {
  const most = Math.max(...objects.map(({ bytes }) => bytes));
  const mean = objects.reduce((sum, { bytes }) => sum + bytes, 0) / objects.length;
  const textOf = ({ records, bytes, ageNs }: ObjectDoc) =>
    `${formatPlural(records, 'record')}, ${formatBytes(bytes)}${ageNs === null ? '' : `, ${formatDuration(ageNs)} old`}`;
  const rest = doc.omitted > 0 ? ` Beyond these, ${formatCount(doc.omitted)} more are only counted.` : '';
  return {
    heading: `${doc.fleet}: objects as they appeared`,
    finding: `${formatPlural(objects.length, 'object')} of ${formatBytes(mean)} on average.${rest}`,
    note: 'Sizes are before compression. Age is from when the oldest record was sent until the object was visible.',
    spec: {
      kind: 'line',
      id: `delivery-${index}`,
      x: timeAxis(result),
      y: linearAxis('size of the object', 0, most, 'bytes'),
      lines: conditions.flatMap(([condition, label, hue]) => {
        const own = objects.filter((each) => each.condition === condition);
        const points = own.map((each) => ({ x: each.visibleNs / 1e9, y: each.bytes, text: textOf(each) }));
        return own.length === 0 ? [] : [{ label, hue, stroke: 'dots' as const, points }];
      }),
      bands: phaseBands(result),
      marks: stepMarks(result),
    },
    data: table(
      'Objects',
      ['visible', 'records', 'size', 'stored', 'age', 'condition', 'key'],
      objects
        .slice(0, ROWS_MAX)
        .map(({ visibleNs, records, bytes, storedBytes, ageNs, condition, key }) => [
          formatDuration(visibleNs),
          formatCount(records),
          formatBytes(bytes),
          formatBytes(storedBytes),
          ageNs === null ? '–' : formatDuration(ageNs),
          condition,
          key,
        ]),
      [0, 1, 2, 3, 4],
    ),
  };
}

/** Objects by their size in powers of two, since a buffer that is not full may be anything. */
function sizes(doc: DeliveryDoc, plan: DeliveryPlan, objects: readonly ObjectDoc[], index: number): Figure {
  const powerOf = ({ bytes }: ObjectDoc) => Math.ceil(Math.log2(Math.max(1, bytes)));
  const powers = [...new Set(objects.map(powerOf))].sort((a, b) => a - b);
  const bins = powers.map((power) => ({
    label: `up to ${formatBytes(2 ** power)}`,
    counts: conditions.map(
      ([condition]) => objects.filter((each) => powerOf(each) === power && each.condition === condition).length,
    ),
  }));
  const most = Math.max(...bins.map(({ counts }) => counts.reduce((sum, count) => sum + count, 0)));
  const full = objects.filter(({ condition }) => condition === 'size').length;
  return {
    heading: `${doc.fleet}: sizes of objects`,
    finding: `${formatCount(full)} of ${formatPlural(objects.length, 'object')} filled the buffer of ${formatBytes(plan.bufferBytes)}.`,
    note: null,
    spec: {
      kind: 'bar',
      id: `delivery-sizes-${index}`,
      x: linearAxis('objects', 0, most, 'records/s'),
      categories: bins.map(({ label }) => label),
      segments: conditions.map(([, label, hue], condition) => ({
        label,
        hue,
        values: bins.map(({ counts }) => counts[condition]!),
        texts: bins.map(({ counts }) => formatPlural(counts[condition]!, 'object')),
      })),
    },
    data: table(
      'Objects by size',
      ['size', ...conditions.map(([, label]) => label)],
      bins.map(({ label, counts }) => [label, ...counts.map(formatCount)]),
      [1, 2, 3],
    ),
  };
}
