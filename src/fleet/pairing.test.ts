import { describe, expect, test } from 'vitest';
import { LatencyHistogram } from '../measure/histogram.ts';
import { Recorder } from '../measure/recorder.ts';
import { parseScenario } from '../scenario/parse.ts';
import { Pairing } from './pairing.ts';
import { consumersOf } from './share.ts';
import { Timeline } from './timeline.ts';

const text = `
name: two
question: Who is later?
expected: The first.
streams: { events: { shards: 1 } }
fleets:
  writers: { produce: PutRecord, rate: 10 records/s, record: { size: 1 KiB, key: uniform(10) } }
  late: { consume: polling, agents: 2 }
  soon: { consume: fan-out }
phases: [{ name: warm-up, for: 10s, measure: false }, { name: steady, for: 10s }]
expect: ["paired(late - soon).p50 > 50ms"]`;
const { plan } = parseScenario(text, { file: 'two.yaml' });

function pairing(aheadMax?: number) {
  const recorder = new Recorder(1e9);
  const timeline = new Timeline(plan.phases);
  const pairs = new Pairing(plan, consumersOf(plan), recorder, timeline, aheadMax);
  const [late, other, soon] = [0, 1, 2].map((index) => pairs.sidesOf(index));
  const histogram = (phase: string) => {
    const whole = new LatencyHistogram();
    for (const cell of recorder.snapshot().latencies)
      if (cell.phase === phase) whole.add(LatencyHistogram.decode(cell.histogram));
    return whole;
  };
  return { pairs, recorder, late: late![0]!, soon: soon![0]!, other: other!, histogram };
}

describe('each record that both have gives one difference', () => {
  test('whoever has it first, under the phase it was due in, and below zero where the first fleet is the sooner', () => {
    const { pairs, late, soon, histogram } = pairing();
    soon.received(1, 'steady', 1_000_000);
    late.received(1, 'steady', 101_000_000);
    late.received(2, 'steady', 101_000_000);
    soon.received(2, 'steady', 111_000_000);
    late.received(3, 'warm-up', 1);
    soon.received(3, 'warm-up', 2);
    const found = histogram('steady');
    expect([found.count, found.negativeCount, found.minNs, found.maxNs, found.meanNs]).toEqual([
      2, 1, -10_000_000, 100_000_000, 45_000_000,
    ]);
    expect(pairs.export()).toEqual([
      { minuend: 'late', subtrahend: 'soon', agents: 1, records: 2, onlyMinuend: 0, onlySubtrahend: 0 },
    ]);
  });

  test('and what came together is one event behind it', () => {
    const { late, soon, histogram } = pairing();
    for (const key of [1, 2, 3]) {
      soon.received(key, 'steady', key);
      soon.together(key);
    }
    for (const key of [1, 2, 3]) late.received(key, 'steady', 10);
    late.together(10);
    late.together(11);
    const { count, events } = histogram('steady');
    expect([count, events]).toEqual([3, 1]);
  });
});

test('agents are paired by their number, and one without a partner with none', () => {
  expect(pairing().other).toEqual([]);
});

test('what only one of them has is counted, unless its phase is not measured', () => {
  const { pairs, late, soon } = pairing();
  late.received('shard 1', 'steady', 1);
  soon.received('shard 2', 'steady', 1);
  soon.received('shard 3', 'steady', 1);
  soon.received('shard 4', 'warm-up', 1);
  expect(pairs.export()).toMatchObject([{ records: 0, onlyMinuend: 1, onlySubtrahend: 2 }]);
});

test('memory is bounded: the longest ahead is forgotten first, and ranks above every difference', () => {
  const { pairs, late, soon, histogram } = pairing(10);
  for (let key = 0; key < 25; key += 1) soon.received(key, 'steady', key);
  for (let key = 0; key < 25; key += 1) late.received(key, 'steady', 1000);
  const found = histogram('steady');
  expect([found.count, found.infinite]).toEqual([10, 15]);
  // The late side is in its turn ahead with what the other has no more.
  expect(pairs.export()).toMatchObject([{ records: 10, onlySubtrahend: 15, onlyMinuend: 15 }]);
});

test('whatever came together or is forgotten on the way, it is always the longest ahead that goes', () => {
  const max = 8;
  const { pairs, recorder, late, soon } = pairing(max);
  const waiting: number[] = [];
  const sums = { records: 0, onlySubtrahend: 0, onlyMinuend: 0 };
  for (let key = 0; key < 5000; key += 1) {
    soon.received(key, 'steady', key);
    waiting.push(key);
    if (waiting.length > max) {
      waiting.shift();
      sums.onlySubtrahend += 1;
    }
    // The late side has now this one, now that one of those that wait: never all of them.
    if (key % 3 !== 0) continue;
    const [met] = waiting.splice((key * 7) % waiting.length, 1);
    late.received(met!, 'steady', key);
    sums.records += 1;
  }
  sums.onlySubtrahend += waiting.length;
  expect(pairs.export()).toMatchObject([sums]);
  expect(recorder.snapshot().latencies.length).toBeGreaterThan(0);
});
