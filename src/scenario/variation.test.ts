import { describe, expect, test } from 'vitest';
import { OperatorError } from '../operator-error.ts';
import { parseScenario } from './parse.ts';
import { substitute, substituteText } from './substitution.ts';

const base = `name: sample
question: Is it so with {n} of them?
expected: It is.
streams: { clicks: { shards: 2 } }
fleets:
  writers: { produce: PutRecord, rate: 200 records/s, record: { size: 1 KiB, key: uniform(1000) } }
  pollers: { consume: polling, agents: {n}, every: "200ms * {n}" }
phases: [{ name: steady, for: 30s }]
expect:
  - propagation.mean{fleet=pollers} < 200ms * {n}
  - accepted.rate{fleet=writers} over steady[20s..] = 200 records/s ± 5%
  - accepted.rate{fleet=writers} over steady[20s..] > 150 records/s
`;

const parse = (more: string, text = base) => parseScenario(text + more, { file: 's.yaml' });

function faults(more: string, text = base): string[] {
  try {
    parse(more, text);
  } catch (error) {
    if (error instanceof OperatorError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('parameters in texts', () => {
  test.each([
    ['{n}', 3],
    ['200ms * {n}', '600ms'],
    ['{n} * 200ms', '600ms'],
    ['{n} * 100 records/s total', '300 records/s total'],
    ['{n} + 1', 4],
    ['10 - {n} * 2', 4],
    ['9 / {n} * 2', 6],
    ['0.1 * {n}', 0.3],
    ['1 MiB/s / {n}', '0.333333333333 MiB/s'],
    ['{size}', '1 KiB'],
    ['2 * {size}', '2 KiB'],
    ['uniform({n} * 10)', 'uniform(30)'],
    [
      'accepted.rate{fleet=n} over steady[{n} * 5s..] = 2 records/s * {n} ± 5%',
      'accepted.rate{fleet=n} over steady[15s..] = 6 records/s ± 5%',
    ],
    ['no parameter, 2 * 3', 'no parameter, 2 * 3'],
    ['{n} of {n}', '3 of 3'],
  ])('%s is %j', (text, expected) => {
    expect(substituteText(text, { n: 3, size: '1 KiB' })).toBe(expected);
  });

  test.each([
    ['{m}', 'there is no parameter "m"'],
    ['{n} * 2s * 3s', 'multiplies two quantities'],
    ['{n} * 2s / 3s', 'divides by a quantity'],
    ['{n} + 2s', 'adds different units'],
    ['{n} / 0', 'comes to Infinity'],
    ['1 - {n}', 'comes to -2'],
  ])('%s is a fault: %s', (text, what) => {
    expect(() => substituteText(text, { n: 3 })).toThrow(what);
  });

  test('stand anywhere but in the matrix itself, as a value or as YAML reads { n }', () => {
    const file = { matrix: { n: ['{n}'] }, list: ['{n}', { n: null }, 4, null], one: { n: null, m: 1 } };
    expect(substitute(file, { n: 3 }, (path) => expect.fail(path.join('.')))).toEqual({
      matrix: { n: ['{n}'] },
      list: [3, 3, 4, null],
      one: { n: null, m: 1 },
    });
  });
});

describe('a matrix', () => {
  test('makes a plan of each combination, and the curve is of what is expected unless it is said', () => {
    const { series, plan, planHash } = parse('matrix: { n: 1..3, k: [a, b] }\nrepeat: { times: 2 }\n');
    expect(series?.cells.map(({ values }) => values)).toEqual([
      { n: 1, k: 'a' },
      { n: 1, k: 'b' },
      { n: 2, k: 'a' },
      { n: 2, k: 'b' },
      { n: 3, k: 'a' },
      { n: 3, k: 'b' },
    ]);
    const third = series!.cells[4]!.plan;
    expect(third.question).toBe('Is it so with 3 of them?');
    expect(third.fleets[1]).toMatchObject({ agents: 3, everyNs: 600e6 });
    expect(third.expect[0]).toMatchObject({ value: 600e6 });
    expect(series!.cells[0]).toMatchObject({ plan, planHash });
    expect(series!.curve.map(({ text, unit }) => [text, unit])).toEqual([
      ['propagation.mean{fleet=pollers}', 'ns'],
      ['accepted.rate{fleet=writers} over steady[20s..]', 'records/s'],
    ]);
    expect(series!.repeat).toEqual({ times: 2, interleave: 'targets' });
    const chosen = parse('matrix: { n: [2] }\ncurve: ["propagation.p99{fleet=pollers}"]\n').series!.curve;
    expect(chosen.map(({ text }) => text)).toEqual(['propagation.p99{fleet=pollers}']);
  });

  test('with given values is one run', () => {
    const { plan, series } = parseScenario(`${base}matrix: { n: 1..3 }\n`, { file: 's.yaml', values: { n: 2 } });
    expect(series).toBeNull();
    expect(plan.fleets[1]).toMatchObject({ agents: 2 });
  });

  test('has faults with their places, and a fault of one combination names it', () => {
    expect(faults('matrix: { n: 3..1 }\n')).toEqual(['s.yaml:13:14: 3..1 goes down — write the smaller number first']);
    expect(faults('matrix: { n: 1-3 }\n')[0]).toContain('"1-3" is no range');
    expect(faults('matrix: { n: [1, 1] }\n')[0]).toContain('n has a value twice');
    expect(faults('matrix: { N: 1..3 }\n').join()).toContain('"N" cannot name a parameter');
    expect(faults('matrix: { n: 1..200 }\n')).toEqual([
      's.yaml:13:1: the matrix has 101 combinations — 100 at the most',
    ]);
    expect(faults('matrix: { n: 1..60 }\nrepeat: { times: 4 }\n')).toEqual([
      's.yaml:14:1: 60 combinations 4 times are 240 runs — 200 at the most',
    ]);
    expect(faults('matrix: { k: 1..3 }\n')[0]).toBe('s.yaml:2:26: there is no parameter "n" — did you mean k?');
    expect(faults('matrix: { n: [1, 20000] }\n')).toEqual([
      'with n = 20000:',
      's.yaml:7:40: agents is 20000 — it is at most 10000',
    ]);
    expect(faults('matrix: { n: 1..2 }\ncurve: [propagation.meen, service.p99]\n')).toEqual([
      's.yaml:14:21: propagation has no statistic "meen" — did you mean mean?',
      's.yaml:14:27: service of several fleets cannot be mixed — add {fleet=writers} or {fleet=pollers}',
    ]);
    expect(faults('repeat: { times: 0, intreleave: targets }\n', base.replaceAll('{n}', '1')).join()).toMatch(
      /times is 0.*did you mean interleave/,
    );
  });
});

describe('a search', () => {
  const searched = base.replace('rate: 200 records/s', 'rate: "{n} records/s"').replace('agents: {n}', 'agents: 1');

  test('has its defaults, and is checked at both ends', () => {
    const { series } = parse('search: { parameter: n, between: 100..5000, holds: [throttled.ratio < 1%] }\n', searched);
    expect(series?.search).toEqual({
      parameter: 'n',
      low: 100,
      high: 5000,
      holds: ['throttled.ratio < 1%'],
      within: 0.05,
      probesMax: 12,
      restNs: 5e9,
    });
    expect(series!.cells.map(({ values }) => values)).toEqual([{ n: 100 }, { n: 5000 }]);
    expect(series!.cells[1]!.plan.expect.at(-1)?.text).toBe('throttled.ratio < 1%');
  });

  test('has faults with their places', () => {
    const fault = (text: string, more = '') =>
      faults(`search: { parameter: n, ${text} }\n${more}`, searched).join('\n');
    expect(fault('between: 5..1, holds: [throttled.ratio < 1%]')).toContain('"5..1" is no bracket');
    expect(fault('between: 1..5, holds: [throtled.ratio < 1%]')).toContain('did you mean throttled?');
    expect(fault('between: 1..5, holds: []')).toContain('holds is empty');
    expect(fault('between: 1..5, holds: [throttled.ratio < 1%], within: 5s')).toContain('"s" is not a unit of share');
    expect(fault('between: 1..5, holds: [throttled.ratio < 1%]', 'matrix: { n: 1..2 }\n')).toContain(
      'a search and a matrix exclude each other',
    );
    expect(fault('between: 1..5')).toContain('holds is missing');
  });
});
