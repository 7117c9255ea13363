import { describe, expect, test } from 'vitest';
import { OperatorError } from '../operator-error.ts';
import { parseScenario } from './parse.ts';
import { canonicalJson } from './plan-hash.ts';

const base = `name: sample
question: Is it so?
expected: It is.
streams:
  clicks: { shards: 2 }
fleets:
  writers: { produce: PutRecord, agents: 4, rate: 200 records/s total, record: { size: 1 KiB, key: uniform(1000) } }
  pollers: { consume: polling }
phases:
  - { name: warm-up, for: 5s, measure: false }
  - { name: steady, for: 30s }
  - { name: drain, until: drained, within: 30s }
verify: [order, no-loss]
expect:
  - accepted.rate{fleet=writers} over steady[20s..] = 200 records/s ± 5%
`;

/** The base with one line (found by its beginning) replaced, or one more at the end. */
function withLine(line: string, start = line.slice(0, line.indexOf(':') + 1)): string {
  const lines = base.split('\n');
  const index = lines.findIndex((each) => each.startsWith(start));
  if (index < 0) return base + line;
  lines[index] = line;
  return lines.join('\n');
}

function parse(text: string, set: readonly string[] = []) {
  return parseScenario(text, { file: 's.yaml', set });
}

function faults(text: string, set: readonly string[] = []): string[] {
  try {
    parse(text, set);
  } catch (error) {
    if (error instanceof OperatorError) {
      expect(error).toMatchObject({ code: 'scenario-invalid', exitCode: 2 });
      return error.message.split('\n');
    }
    throw error;
  }
  return [];
}

describe('a valid file', () => {
  test('becomes a plan with every default filled and every unit in base units', () => {
    expect(parse(base).plan).toEqual({
      version: 1,
      name: 'sample',
      question: 'Is it so?',
      expected: 'It is.',
      streams: [{ alias: 'clicks', create: { shards: 2, retentionHours: 24 } }],
      fleets: [
        {
          kind: 'produce',
          client: 'wire',
          name: 'writers',
          operation: 'PutRecord',
          stream: 'clicks',
          agents: 4,
          rate: { stages: [{ durationNs: 35e9, fromCallsPerS: 200, toCallsPerS: 200 }] },
          arrivals: 'poisson',
          batchRecords: 1,
          gather: null,
          retry: { policy: 'none' },
          chain: false,
          aggregate: null,
          data: { kind: 'random' },
          identify: { by: 'tag' },
          recordBytes: { kind: 'fixed', bytes: 1024 },
          key: { kind: 'uniform', keys: 1000 },
          late: 'queue',
          inFlightMax: 64,
          connections: null,
          pacing: 'timer',
          waitingMax: 1000,
          timeoutNs: 10e9,
        },
        {
          kind: 'consume',
          client: 'wire',
          name: 'pollers',
          method: 'polling',
          stream: 'clicks',
          agents: 1,
          from: 'LATEST',
          everyNs: 200e6,
          pacing: 'timer',
          limit: 10_000,
          timeoutNs: 10e9,
        },
      ],
      phases: [
        { kind: 'timed', name: 'warm-up', durationNs: 5e9, measure: false },
        { kind: 'timed', name: 'steady', durationNs: 30e9, measure: true },
        { kind: 'drain', name: 'drain', withinNs: 30e9 },
      ],
      verify: ['no-loss', 'order'],
      expect: [
        {
          text: 'accepted.rate{fleet=writers} over steady[20s..] = 200 records/s ± 5%',
          subject: { kind: 'count', metric: 'accepted', stat: 'rate' },
          labels: { fleet: 'writers' },
          window: { phase: 'steady', fromNs: 20e9, toNs: null },
          comparator: '=',
          value: 200,
          tolerance: 0.05,
          unit: 'records/s',
        },
      ],
    });
  });

  test('is frozen to the bottom', () => {
    const { plan } = parse(base);
    expect(Object.isFrozen(plan.fleets[0])).toBe(true);
    expect(Object.isFrozen(plan.expect[0]!.labels)).toBe(true);
  });

  test('has a hash of its meaning: comments, order of keys and units do not matter, values do', () => {
    const { planHash } = parse(base);
    expect(planHash).toMatch(/^[0-9a-f]{64}$/);
    expect(parse(`# a comment\n${base.replace('1 KiB', '1024 B').replace('for: 5s', 'for: 5000ms')}`).planHash).toBe(
      planHash,
    );
    expect(parse(base.replace('agents: 4', 'agents: 5')).planHash).not.toBe(planHash);
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
  });
});

describe('rates become calls a second of the fleet', () => {
  const rateOf = (fleet: string) => {
    const { plan } = parse(withLine(`  writers: ${fleet}`, '  writers'));
    const writers = plan.fleets[0]!;
    return writers.kind === 'produce' ? writers.rate.stages : [];
  };
  const record = 'record: { size: 95 B, key: round-robin(10) }';

  test('each is multiplied by the agents, a batch divides', () => {
    expect(rateOf(`{ produce: PutRecords, batch: 10, agents: 3, rate: 100 records/s each, ${record} }`)).toEqual([
      { durationNs: 35e9, fromCallsPerS: 30, toCallsPerS: 30 },
    ]);
    expect(rateOf(`{ produce: PutRecords, batch: 10, rate: 100 calls/s, ${record} }`)[0]!.fromCallsPerS).toBe(100);
  });

  test('bytes count data and key: 95 B and key-0', () => {
    expect(rateOf(`{ produce: PutRecords, batch: 10, rate: 1 MiB/s, ${record} }`)[0]!.fromCallsPerS).toBe(
      1_048_576 / 1000,
    );
    expect(
      rateOf(`{ produce: PutRecord, rate: 1 KiB/s, record: { size: "uniform(48 B, 142 B)", key: shard(0) } }`)[0]!
        .fromCallsPerS,
    ).toBe(10.24);
  });

  test('stages hold, ramp from where the one before ended, and ramp between two rates', () => {
    const stages =
      '[{ for: 10s, at: 100 records/s }, { for: 5s, to: 300 records/s }, { for: 20s, at: 50 records/s, to: 0 records/s }]';
    expect(rateOf(`{ produce: PutRecord, agents: 2, rate: { share: each, stages: ${stages} }, ${record} }`)).toEqual([
      { durationNs: 10e9, fromCallsPerS: 200, toCallsPerS: 200 },
      { durationNs: 5e9, fromCallsPerS: 200, toCallsPerS: 600 },
      { durationNs: 20e9, fromCallsPerS: 100, toCallsPerS: 0 },
    ]);
  });
});

describe('every fault of a file at once, where it is, with a way out', () => {
  test('many faults in one message, in the order of the file', () => {
    const text = base
      .replace('shards: 2', 'shards: 0')
      .replace('agents: 4', 'agnets: 4')
      .replace('200 records/s total', '200 record/s total')
      .replace('for: 30s', 'for: 30')
      .replace('order, ', 'ordr, ')
      .replace('fleet=writers', 'fleet=writer');
    expect(faults(text)).toEqual([
      's.yaml:5:21: shards is 0 — it is at least 1',
      's.yaml:7:34: "agnets" is not a key of writers — did you mean agents?',
      's.yaml:7:55: "record/s" is not a unit of rate — did you mean records/s?',
      's.yaml:11:26: 30 has no unit — write a number and a unit, such as 30s',
      's.yaml:13:10: "ordr" is not known here — did you mean order?',
      's.yaml:15:25: there is no fleet "writer" — did you mean writers?',
    ]);
  });

  test.each<[string, string, string]>([
    ['a YAML error', 'name: [', 's.yaml:'],
    ['an empty file', '', 's.yaml:1:1: the file is empty'],
    ['a list', '- a', 's.yaml:1:1: the file is a list — it must be a mapping'],
    ['a duplicate key', `${base}name: again\n`, 's.yaml:16:1: the key "name" stands here a second time'],
    [
      'an unknown key',
      withLine('expects: []', 'expects'),
      's.yaml:16:1: "expects" is not a key of the scenario — did you mean expect',
    ],
    [
      'a missing key',
      base.replace('question: Is it so?\n', ''),
      's.yaml:1:1: question is missing — add question: to the scenario',
    ],
    ['an empty value', withLine('question:'), 's.yaml:2:1: question is empty'],
    ['a bad name', withLine('name: My Sample'), 's.yaml:1:7: "My Sample" cannot name a scenario'],
    [
      'no fleet',
      withLine('fleets: {}', 'fleets:').replace(/ {2}(writers|pollers).*\n/g, ''),
      's.yaml:6:1: there is no fleet',
    ],
    ['a bad alias', withLine('  Clicks: { shards: 2 }', '  clicks'), 's.yaml:5:3: "Clicks" cannot name a stream'],
    [
      'a bad retention',
      withLine('  clicks: { shards: 2, retention: 25.5h }'),
      's.yaml:5:35: records cannot be kept for 25.5h',
    ],
    [
      'a short retention',
      withLine('  clicks: { shards: 2, retention: 23h }'),
      's.yaml:5:35: records cannot be kept for 23h',
    ],
    [
      'records that no stream takes',
      withLine('  clicks: { shards: 2, max-record-size: 11 MiB }'),
      's.yaml:5:41: records of 11 MiB cannot be the most',
    ],
    [
      'shards on demand',
      withLine('  clicks: { shards: 2, mode: on-demand }'),
      's.yaml:5:13: on demand the service decides',
    ],
    ['no shards', withLine('  clicks: { retention: 24h }'), 's.yaml:5:11: shards is missing'],
    ['a bad stream', withLine('  clicks: { use: a b }'), 's.yaml:5:18: "a b" is neither a stream'],
    [
      'an unused stream',
      withLine('  clicks: { shards: 2 }\n  idle: { shards: 1 }')
        .replaceAll('{ produce', '{ stream: clicks, produce')
        .replace('{ consume', '{ stream: clicks, consume'),
      's.yaml:6:3: no fleet uses the stream idle',
    ],
    [
      'which stream',
      withLine('  clicks: { shards: 2 }\n  idle: { shards: 1 }'),
      's.yaml:8:3: writers does not say which stream — stream: clicks or idle',
    ],
    [
      'an unknown stream',
      withLine('  pollers: { consume: polling, stream: click }'),
      's.yaml:8:40: there is no stream "click" — did you mean clicks?',
    ],
    [
      'a word',
      withLine('  pollers: { consume: poling }'),
      's.yaml:8:23: "poling" is not known here — did you mean polling?',
    ],
    [
      'a limit',
      withLine('  pollers: { consume: polling, limit: 10001 }'),
      's.yaml:8:39: limit is 10001 — it is at most 10000',
    ],
    [
      'polls too often',
      withLine('  pollers: { consume: polling, every: 5ms }'),
      's.yaml:8:39: 5ms between two polls is too short',
    ],
    [
      'neither',
      withLine('  pollers: { every: 5ms }'),
      's.yaml:8:3: pollers says neither produce nor consume nor watch',
    ],
    [
      'total or each',
      base.replace('records/s total', 'records/s'),
      's.yaml:7:51: "200 records/s" may mean all 4 agents',
    ],
    ['a small record', base.replace('1 KiB', '47 B'), 's.yaml:7:88: records of 47 B cannot hold the tag'],
    ['a large record', base.replace('1 KiB', '1 MiB'), 's.yaml:7:88: record and key take up to 1048583 B'],
    ['an unknown key distribution', base.replace('uniform(1000)', 'zipff(1)'), 'did you mean zipf(1.1)'],
    ['a comma in a flow mapping', base.replace('uniform(1000)', 'hot(1%, 90%)'), '"90%)" was cut off by a comma'],
    ['no such shard', base.replace('uniform(1000)', 'shard(2)'), 's.yaml:7:100: clicks has no shard 2'],
    ['a batch of PutRecord', base.replace('agents: 4', 'batch: 4'), 's.yaml:7:34: PutRecord takes one record a call'],
    [
      'no batch',
      base.replace('PutRecord,', 'PutRecords,'),
      's.yaml:7:3: writers does not say how many records a call has',
    ],
    [
      'a batch over 500',
      base.replace('PutRecord,', 'PutRecords, batch: 501,'),
      's.yaml:7:42: batch is 501 — it is at most 500',
    ],
    [
      'a call over 10 MiB',
      base.replace('PutRecord,', 'PutRecords, batch: 500,').replace('1 KiB', '21 KiB'),
      's.yaml:7:42: a call of 500 such records takes up to 10755500 B',
    ],
    ['a rate of nothing', base.replace('200 records', '0 records'), 's.yaml:7:51: the fleet never sends anything'],
    [
      'a stage never reached',
      base.replace(
        '200 records/s total',
        '{ share: total, stages: [{ for: 35s, at: 1 calls/s }, { for: 1s, at: 2 calls/s }] }',
      ),
      'this stage begins after 35s, the load ends after 35s',
    ],
    [
      'a share said twice',
      base.replace('200 records/s total', '{ share: total, stages: [{ for: 5s, at: 1 calls/s each }] }'),
      'each is said for the whole rate at once',
    ],
    ['no phases', base.replace(/phases:[^]*verify/, 'phases: []\nverify'), 's.yaml:9:9: phases is empty'],
    [
      'nothing measured',
      base.replace('for: 30s', 'for: 30s, measure: false'),
      's.yaml:9:1: no phase of load is measured',
    ],
    ['a phase of no time', base.replace('for: 30s', 'for: 0s'), 's.yaml:11:26: for is zero'],
    [
      'a name twice',
      base.replace('name: steady', 'name: warm-up'),
      's.yaml:11:13: a phase before this one is called warm-up too',
    ],
    [
      'a drain first',
      base.replace('  - { name: warm-up', '  - { name: early, until: drained, within: 5s }\n  - { name: warm-up'),
      's.yaml:10:5: producers stop for a drain',
    ],
    [
      'two drains',
      base.replace('verify', '  - { name: again, until: drained, within: 5s }\nverify'),
      's.yaml:13:5: this is the second drain',
    ],
    ['a drain for nobody', base.replace(/ {2}pollers.*\n/, ''), 's.yaml:11:5: a drain waits for consumers'],
    ['nothing to verify', base.replace(/ {2}writers.*\n/, ''), 's.yaml:12:1: there is nothing to verify'],
    ['verified twice', base.replace('order, ', 'order, order, '), 's.yaml:13:17: order stands here a second time'],
  ])('%s', (_, text, expected) => {
    expect(faults(text).join('\n')).toContain(expected);
  });
});

describe('--set', () => {
  test('changes the file before it is checked', () => {
    const { plan } = parse(base, ['fleets.writers.rate=2000 records/s total', 'phases.1.for=60s', 'verify=[no-loss]']);
    expect(plan).toMatchObject({
      fleets: [{ rate: { stages: [{ durationNs: 65e9, fromCallsPerS: 2000 }] } }, {}],
      verify: ['no-loss'],
    });
  });

  test('makes a fleet key by key, from what it does', () => {
    const { plan } = parse(base, ['fleets.poller.consume=polling', 'fleets.poller.every=1s']);
    expect(plan.fleets.map(({ name }) => name)).toEqual(['writers', 'pollers', 'poller']);
  });

  test('knows items of a list by their names too', () => {
    const byName = parse(base, ['phases.steady.for=70s']);
    expect(byName.plan.phases).toEqual(parse(base, ['phases.1.for=70s']).plan.phases);
    expect(byName.plan.phases).not.toEqual(parse(base).plan.phases);
    expect(faults(base, ['phases.steady.for=5'])).toEqual([
      expect.stringContaining('--set phases.steady.for=5: 5 has no unit'),
    ]);
  });

  test('a value that had a fault in the file can be mended', () => {
    expect(faults(base.replace('agents: 4', 'agents: none'), ['fleets.writers.agents=2'])).toEqual([]);
  });

  test.each([
    ['fleets.writers.rat=5', '--set fleets.writers.rat=5: "rat" is not a key of writers — did you mean rate?'],
    [
      'fleets.writer.rate=5 records/s',
      '--set fleets.writer.rate=5 records/s: there is no fleet "writer" — did you mean writers?',
    ],
    ['fleets.xyz.agents=5', '--set fleets.xyz.agents=5: there is no fleet "xyz" — it can be writers or pollers'],
    ['phases.0.for=5', '--set phases.0.for=5: 5 has no unit'],
    ['fleets.pollers.every=5sec', '--set fleets.pollers.every=5sec: "sec" is not a unit of duration — did you mean s?'],
    ['phases.9.for=5s', '--set phases.9.for=5s: phases has no item 9 — items are 0 to 2'],
    [
      'phases.stedy.for=5s',
      '--set phases.stedy.for=5s: phases has no item stedy — did you mean steady? — or items are 0 to 2',
    ],
    ['expect.steady=lost = 0', '--set expect.steady=lost = 0: expect has no item steady — items are 0 to 0'],
    ['nonsense', '--set nonsense: has no path and value'],
    ['name.x=3', '--set name.x=3: name is a value'],
    ['name=[', '--set name=[: the value is not YAML'],
    ['expect.0=lost > many', '--set expect.0=lost > many: "many" is not a number of records'],
    ['fleets.extra={ consume: polling, evry: 1s }', '"evry" is not a key of extra — did you mean every?'],
  ])('%s', (set, expected) => {
    expect(faults(base, [set]).join('\n')).toContain(expected);
  });
});
