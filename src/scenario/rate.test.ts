/** Rates by the minute, in bursts and by a file, and how their times are kept. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseScenario } from './parse.ts';

const record = 'record: { size: 95 B, key: round-robin(10) }';

function parse(writers: string, file: string, more = '') {
  const text = `name: sample
question: Is it so?
expected: It is.
streams: { clicks: { shards: 2 } }
fleets:
  writers: ${writers}
  pollers: { consume: polling }
phases: [{ name: steady, for: 35s }]
${more}
`;
  return parseScenario(text, { file }).plan;
}

describe('rates that are no constant', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kinebench-schedule-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const rateOf = (rate: string, more = 'agents: 1', file = 's.yaml') => {
    return parse(`{ produce: PutRecords, batch: 10, ${more}, rate: ${rate}, ${record} }`, file).fleets[0]!;
  };
  const scheduled = (text: string, more?: string) => {
    writeFileSync(join(folder, 'peaks.txt'), text);
    return rateOf('{ file: peaks.txt }', more, join(folder, 's.yaml'));
  };

  test('by the minute', () => {
    expect(rateOf('1 calls/min')).toMatchObject({ rate: { stages: [{ fromCallsPerS: 1 / 60 }] } });
    expect(rateOf('600 records/min each', 'agents: 2')).toMatchObject({ rate: { stages: [{ fromCallsPerS: 2 }] } });
    expect(rateOf('60 KiB/min')).toMatchObject({ rate: { stages: [{ fromCallsPerS: 1.024 }] } });
  });

  test('bursts, with something between them or nothing', () => {
    expect(rateOf('{ bursts: { of: 500 records, every: 10s } }')).toMatchObject({
      rate: { stages: [{ durationNs: 35e9, fromCallsPerS: 0, toCallsPerS: 0 }], bursts: { calls: 50, everyNs: 10e9 } },
    });
    const both = '{ share: each, bursts: { of: 5 calls, every: 1s }, between: 100 records/s }';
    expect(rateOf(both, 'agents: 3')).toMatchObject({
      rate: { stages: [{ fromCallsPerS: 30 }], bursts: { calls: 15, everyNs: 1e9 } },
    });
  });

  test('a schedule by file names every time; its arrivals are its own', () => {
    expect(scheduled('# peaks\n0ms\n\n1.5s 20 # a peak\n1.5s, 3\n')).toMatchObject({
      arrivals: 'uniform',
      rate: {
        stages: [],
        schedule: {
          file: 'peaks.txt',
          points: [
            [0, 1],
            [1.5e9, 20],
            [1.5e9, 3],
          ],
        },
      },
    });
  });

  test.each([
    ['1.5', '', 'peaks.txt:1: "1.5" has no unit'],
    ['0s\n2s\n1s', '', 'peaks.txt:3: 1s comes after 2s'],
    ['0s 1.5', '', 'peaks.txt:1: "1.5" is not a number of calls'],
    ['0s 1 2', '', 'peaks.txt:1: "0s 1 2" is more than a time and a number'],
    ['\n40s', '', 'peaks.txt:2: the load ends after 35s, before 40s'],
    ['# nothing', '', 'peaks.txt holds 0 times'],
    ['x\ny', '', 'peaks.txt:2: "y" is not a duration'],
    ['0s', 'arrivals: poisson', 'a schedule says itself when calls are due'],
  ])('a schedule of %j %s: file and line', (text, more, fault) => {
    expect(() => scheduled(text, more === '' ? undefined : more)).toThrow(fault);
  });

  test.each([
    ['{ file: nowhere.txt }', 'nowhere.txt cannot be read: ENOENT'],
    ['{ bursts: { of: 500 recrods, every: 10s } }', 'did you mean records?'],
    ['{ bursts: { of: 0 records, every: 10s } }', 'a burst of nothing'],
    ['{ bursts: { of: 5 records, every: 0s } }', 'follow one another at once'],
    ['{ bursts: { of: 5 records, evry: 1s } }', '"evry" is not a key of bursts — did you mean every?'],
    ['{ bursts: { of: 5 records, every: 1s }, betwen: 1 records/s }', 'did you mean between?'],
    ['1 record/min', 'did you mean records/min?'],
  ])('%s: %s', (rate, fault) => {
    expect(() => rateOf(rate, undefined, join(folder, 's.yaml'))).toThrow(fault);
  });

  test('bursts of several agents say whose they are; pacing has a default for all fleets; nothing waits with skip', () => {
    expect(() => rateOf('{ bursts: { of: 5 records, every: 1s } }', 'agents: 2')).toThrow('add share: total');
    const plan = parse(`{ produce: PutRecord, rate: 1 calls/s, ${record} }`, 's.yaml', 'pacing: precise');
    expect(plan.fleets.map((fleet) => 'pacing' in fleet && fleet.pacing)).toEqual(['precise', 'precise']);
    expect(rateOf('1 calls/s', 'pacing: precise')).toMatchObject({ pacing: 'precise' });
    expect(() => rateOf('1 calls/s', 'pacing: precize')).toThrow('did you mean precise?');
    expect(rateOf('1 calls/s', 'late: skip')).toMatchObject({ waitingMax: 0 });
    expect(() => rateOf('1 calls/s', 'late: skip, waiting: 5')).toThrow('with late: skip no call waits');
  });
});
