/** Records of a delivery stream with partitions: each in its own, or in that of another. */
import { expect, test } from 'vitest';
import { DeliveredReader, type DeliveredRecord } from './delivered-reader.ts';
import { deliveredPlace } from './digest.ts';
import { Fate, SentHistory } from './history.ts';
import { judge } from './judge.ts';
import { RUN, sweepOf } from './ledger-lines.test-data.ts';
import { openTag, sealTag } from './text-tag.ts';
import { valueId } from './unnamed.ts';

/** Three records, and whether each stands in its partition. */
function judged(...placed: readonly DeliveredRecord['placed'][]) {
  const sent = new SentHistory();
  const records = placed.map((each, counter): DeliveredRecord => {
    sent.sent(counter);
    sent.settled(counter, Fate.acknowledged, deliveredPlace(0, counter));
    const tag = openTag(RUN, { producer: 0, counter, dueNs: 1, key: 0 });
    const data = Buffer.from(`{"id":"${tag}"}`);
    sealTag(data, tag);
    return { at: counter, data, original: data, placed: each };
  });
  const reader = new DeliveredReader('sweep', RUN);
  reader.readTexts('team=a/x', records, 0);
  return judge({
    producers: [{ index: 0, name: 'writers/0', stream: 's', sent: sent.export() }],
    consumers: [],
    sweep: sweepOf(reader.export()),
    ownStreams: true,
    verify: ['partitions'],
  });
}

test('a record in another partition than its own is misplaced, and named', () => {
  const { counts, witnesses, verdicts } = judged(true, false, true);
  expect(counts).toMatchObject({ misplaced: 1, lost: 0, changed: 0, duplicated: 0 });
  expect(witnesses[0]).toMatchObject({
    anomaly: 'misplaced',
    producer: 'writers/0',
    counter: 1,
    detail: 'sweep read it in team=a/x, which is not its partition',
  });
  expect(verdicts).toEqual([{ name: 'partitions', verdict: 'fail', explanation: '1 misplaced' }]);
});

test('records in their own are none, and what compared nothing is no pass', () => {
  expect(judged(true, true, true).verdicts[0]).toEqual({
    name: 'partitions',
    verdict: 'pass',
    explanation: '3 records under a prefix that was compared with their own keys',
  });
  for (const nothing of [undefined, null]) expect(judged(nothing, nothing).verdicts[0]!.verdict).toBe('indeterminate');
  expect(judged(true, null).unjudged).toEqual([
    'Whether 1 records of s stand in their partition does not show in what is delivered of them.',
  ]);
});

test('so is one that a field tells apart', () => {
  const sent = new SentHistory();
  sent.sent(0);
  sent.settled(0, Fate.acknowledged, deliveredPlace(0, 0));
  sent.identified(0, valueId('sink', 'a'));
  const reader = new DeliveredReader('sweep', RUN);
  const record = { at: 0, data: Buffer.from('{"event":"a"}'), original: null, id: valueId('sink', 'a') };
  reader.readTexts('team=b/x', [{ ...record, placed: false }], 0);
  const inPlace = new DeliveredReader('watcher', RUN);
  inPlace.readTexts('team=a/x', [{ ...record, placed: true }], 0);
  const { counts, witnesses } = judge({
    producers: [{ index: 0, name: 'writers/0', stream: 's', identifiedBy: 'field', sent: sent.export() }],
    // Another reader saw it where it belongs.
    consumers: [{ stream: 's', reader: inPlace.export(), delivered: 'whole' }],
    sweep: sweepOf(reader.export()),
    ownStreams: true,
    verify: [],
  });
  expect(counts).toMatchObject({ misplaced: 1, lost: 0 });
  expect(witnesses.find(({ anomaly }) => anomaly === 'misplaced')!.detail).toBe(
    'it stands in another partition than its own',
  );
});
