import { expect, test } from 'vitest';
import type { ObjectDoc } from '../measure/flush.ts';
import type { DeliveryDoc, Result } from '../result.ts';
import type { CountMetric, DeliveryPlan } from '../scenario/plan.ts';
import { deliverySection } from './delivery-section.ts';
import { flushFigures } from './flush-figures.ts';
import { renderHtml } from './html.ts';
import { renderMarkdown } from './markdown.ts';
import { pollingDelayResult } from './polling-delay.test-data.ts';
import { renderSummary } from './text.ts';

const base = pollingDelayResult();
const plan: DeliveryPlan = {
  alias: 'sink',
  source: null,
  destination: 's3',
  bufferBytes: 5 * 2 ** 20,
  intervalNs: 60e9,
  compression: 'gzip',
  prefix: '',
};
const object = (visibleS: number, bytes: number, condition: ObjectDoc['condition']): ObjectDoc => ({
  key: `kinebench/run/sink/${visibleS}`,
  visibleNs: visibleS * 1e9,
  ageNs: 60.5e9,
  records: bytes / 1024,
  bytes,
  storedBytes: bytes,
  condition,
  unreadable: null,
});

function delivered(objects: readonly ObjectDoc[], omitted = 0): Result {
  const doc: DeliveryDoc = { fleet: 'watcher', delivery: 'sink', resolutionNs: 500e6, objects, omitted };
  const count = (metric: CountMetric, value: number) => ({
    fleet: 'watcher',
    phase: 'steady',
    metric,
    count: value,
    bytes: 0,
  });
  const of = (condition: ObjectDoc['condition']) => objects.filter((each) => each.condition === condition).length;
  const counts = [
    count('objects', objects.length),
    count('objects-by-interval', of('interval')),
    count('objects-by-size', of('size')),
    count('objects-by-unknown', of('unknown')),
    count('objects-unreadable', objects.filter(({ unreadable }) => unreadable !== null).length),
  ];
  const scenario = { ...base.scenario, plan: { ...base.scenario.plan, deliveries: [plan] } };
  return { ...base, scenario, counts: [...base.counts, ...counts], delivery: [doc] };
}

const three = [object(61, 2 ** 20, 'interval'), object(63, 5 * 2 ** 20, 'size'), object(66, 5 * 2 ** 20, 'size')];

test('says how many records are in the backup instead, everywhere', () => {
  const some = delivered(three);
  const counts = { ...some.ledger.counts, 'backed-up': 1200 };
  const result = { ...some, ledger: { ...some.ledger, counts } };
  for (const said of [renderSummary([result]), renderMarkdown([result]), renderHtml(result)])
    expect(said.replaceAll(/\s+/g, ' ')).toContain('1,200 records not delivered, but in the backup');
  expect(renderSummary([some])).not.toContain('in the backup');
});

test('says of what is in the backup that it stays in the line, and counts it among those of the curve', () => {
  const some = delivered(three);
  const known = base.latencies.find(({ metric, phase }) => metric === 'propagation' && phase === null)!;
  const [fill, delay] = flushFigures({
    ...some,
    ledger: { ...some.ledger, counts: { ...some.ledger.counts, 'backed-up': 500 } },
    latencies: [{ ...known, fleet: 'watcher', metric: 'delivery', count: 1000, infinite: 500 }],
  });
  expect(fill!.note).toContain('What lies in the backup instead never comes');
  expect(delay!.finding).toContain('500 never came');
  expect(delay!.note).toContain('Of 1,500 records');
  expect(flushFigures(some)[0]!.note).not.toContain('backup');
});

test('is left out where nothing is watched', () => {
  expect(deliverySection(base)).toBeNull();
  expect(flushFigures(base)).toEqual([]);
  expect(renderSummary([base])).not.toContain('Delivered');
});

test('counts objects by the hint that closed them, beside the hints, with the resolution of delays', () => {
  const text = deliverySection(delivered(three))!
    .text.replaceAll(/<[^>]*>|\s+/g, ' ')
    .replaceAll(/ +/g, ' ');
  expect(text).toContain('watcher sink (direct) s3 5.00 MiB or 60.0 s, gzip 3 1 2 0 0 – 0 500 ms');
});

test('of documents says what an answer is, and counts neither refusals nor order', () => {
  const result = delivered([{ ...object(61, 2 ** 20, 'interval'), key: 'answer 1 (logs)' }]);
  const documents = { ...plan, destination: 'opensearch', compression: 'none' } as const;
  const own = {
    ...result,
    scenario: { ...result.scenario, plan: { ...result.scenario.plan, deliveries: [documents] } },
  };
  const text = deliverySection(own)!
    .text.replaceAll(/<[^>]*>|\s+/g, ' ')
    .replaceAll(/ +/g, ' ');
  expect(text).toContain('watcher sink (direct) opensearch 5.00 MiB or 60.0 s, none 1 1 0 0 0 – – 500 ms');
  expect(text).toContain('A document is there from the first answer to a query that has it');
  expect(text).not.toContain('An object is there');
  expect(flushFigures(own)[0]!.finding).toBe('1 answer of 1.00 MiB on average.');
  expect(flushFigures(own)[0]!.note).toContain('each cross an answer when it was there');
  expect(renderSummary([own])).toContain('watcher 1 answer: 1 by interval (60.0 s)');
});

test('draws each object when it appeared, by its hint, and their sizes', () => {
  const [timeline, sizes] = flushFigures(delivered(three, 7));
  expect(timeline!.finding).toBe('3 objects of 3.67 MiB on average. Beyond these, 7 more are only counted.');
  if (timeline!.spec.kind !== 'line' || sizes!.spec.kind !== 'bar') throw new Error('other charts than these');
  const shown = timeline!.spec.lines.map(({ label, points }) => [label, points.map(({ x, y }) => [x, y])]);
  expect(shown.filter(([label]) => String(label).startsWith('closed'))).toEqual([
    ['closed by its interval', [[61, 2 ** 20]]],
    [
      'closed by its size',
      [
        [63, 5 * 2 ** 20],
        [66, 5 * 2 ** 20],
      ],
    ],
  ]);
  expect(sizes!.finding).toBe('2 of 3 objects filled the buffer of 5.00 MiB.');
  expect(sizes!.spec.categories).toEqual(['up to 1.00 MiB', 'up to 5.00 MiB']);
  expect(sizes!.spec.segments.map(({ values }) => values)).toEqual([
    [1, 0],
    [0, 2],
    [0, 0],
  ]);
});

/** Figures of three seconds: bytes that were accepted and received in each, and the age of the oldest record. */
function figuresOf(accepted: readonly number[], received: readonly number[], agesNs: readonly number[]) {
  const result = delivered(three);
  const [doc] = result.delivery!;
  const series = (fleet: string, metric: CountMetric, bytes: readonly number[]) => ({
    fleet,
    metric,
    shard: null,
    attribution: 'none' as const,
    values: bytes,
    bytes,
  });
  const { plan: whole } = result.scenario;
  const writers = { ...whole.fleets.find(({ kind }) => kind === 'produce')!, name: 'writers', stream: 'sink' };
  const counts = [series('writers', 'accepted', accepted), series('watcher', 'received', received)];
  return flushFigures({
    ...result,
    scenario: { ...result.scenario, plan: { ...whole, fleets: [writers] } },
    series: { ...result.series, binNs: 1e9, bins: 3, counts },
    delivery: [{ ...doc!, freshness: { everyNs: 1e9, agesNs } }],
  });
}

test('draws what is inside until it is there, against the size hint, and how old the oldest is', () => {
  const MIB = 2 ** 20;
  const [fill, freshness] = figuresOf([MIB, 2 * MIB, 0], [0, 0, 3 * MIB], [0, 1e9, 2e9, 0]);
  if (fill!.spec.kind !== 'line' || freshness!.spec.kind !== 'line') throw new Error('other charts than these');
  const lines = new Map(fill!.spec.lines.map(({ label, points }) => [label, points.map(({ y }) => y)]));
  expect(lines.get('accepted and not there yet')).toEqual([0, MIB, 3 * MIB, 0]);
  expect(lines.get('size hint')).toEqual([5 * MIB, 5 * MIB]);
  expect(freshness!.finding).toBe('The oldest was 2.00 s old, 2.00 s after the start.');
  expect(freshness!.spec.lines[0]!.points.map(({ y }) => y)).toEqual([0, 1e9, 2e9, 0]);
});

test('what came twice, or before it was answered, leaves no hole in what is inside, and a run of no second has an age of 0', () => {
  const [fill, freshness] = figuresOf([10, 0, 5], [0, 20, 0], []);
  if (fill!.spec.kind !== 'line') throw new Error('another chart than this');
  const inside = fill!.spec.lines.find(({ label }) => label === 'accepted and not there yet')!;
  expect(inside.points.map(({ y }) => y)).toEqual([0, 10, 0, 5]);
  expect(freshness!.finding).toContain('The oldest was 0');
});

test('sizes are told in quarters of powers of two', () => {
  const sizes = [0, 1, 1023, 1024, 1025, 5 * 2 ** 20, 5 * 2 ** 20 + 1, 128 * 2 ** 20];
  const [, figure] = flushFigures(delivered(sizes.map((bytes, at) => object(at + 1, bytes, 'size'))));
  if (figure!.spec.kind !== 'bar') throw new Error('another chart than this');
  expect(figure!.spec.categories).toEqual(
    ['1 B', '1.00 KiB', '1.25 KiB', '5.00 MiB', '6.00 MiB', '128 MiB'].map((size) => `up to ${size}`),
  );
});

test('names what cannot be opened, whatever its key holds', () => {
  const broken = { ...object(61, 0, 'unknown'), key: '<b>', unreadable: 'unexpected end of file' };
  const page = renderHtml(delivered([broken]));
  expect(page).toContain('&lt;b&gt; cannot be opened: unexpected end of file.');
  expect(flushFigures(delivered([broken]))).toEqual([]);
});

test('says so in a line of the terminal and of Markdown', () => {
  const result = delivered(three);
  const line = /watcher 3 objects: 1 by interval \(60\.0 s\), 2 by size \(5\.00 MiB\)/;
  expect(renderSummary([result]).replaceAll(/\s+/g, ' ')).toMatch(line);
  expect(renderMarkdown([result])).toContain('watcher 3 objects: 1 by interval');
});
