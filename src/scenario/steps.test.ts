import { expect, test } from 'vitest';
import { OperatorError } from '../operator-error.ts';
import { parseScenario } from './parse.ts';

const base = `name: sample
question: Is it so?
expected: It is.
streams:
  clicks: { shards: 2 }
  orders: { use: orders }
fleets:
  writers: { produce: PutRecord, stream: clicks, rate: 200 records/s, record: { size: 1 KiB, key: uniform(1000) } }
  pollers: { consume: polling, stream: clicks, agents: 2 }
  buyers: { consume: polling, stream: orders }
phases:
  - { name: warm-up, for: 5s, measure: false }
  - { name: steady, for: 30s }
  - { name: drain, until: drained, within: 30s }
steps:
`;

const parse = (...steps: readonly string[]) =>
  parseScenario(base + steps.map((step) => `  - ${step}\n`).join(''), { file: 's.yaml' }).plan;

function faults(...steps: readonly string[]): string[] {
  try {
    parse(...steps);
  } catch (error) {
    if (error instanceof OperatorError) return error.message.split('\n');
    throw error;
  }
  return [];
}

test('every step is resolved to its time from the start of the load, in the order of the times', () => {
  expect(
    parse(
      '{ at: 20s, split: clicks }',
      '{ in: steady, split: clicks, shard: 1, hash-key: "123" }',
      '{ in: steady, at: 2s, merge: clicks }',
      '{ at: 1s, reshard: clicks, to: 4 }',
      '{ at: 2s, retention: clicks, to: 48h }',
      '{ at: 3s, mode: clicks, to: on-demand }',
      '{ at: 21s, pause: writers }',
      '{ at: 22s, resume: writers }',
      '{ at: 21s, kill: pollers, agent: 1 }',
      '{ at: 23s, start: pollers }',
      '{ at: 24s, arm: "log.ack-then-drop{p=0.1}" }',
      '{ in: drain, disarm: log.ack-then-drop }',
      '{ at: 25s, restart: target }',
    ).steps,
  ).toEqual([
    { atNs: 1e9, action: { kind: 'reshard', stream: 'clicks', shards: 4 } },
    { atNs: 2e9, action: { kind: 'retention', stream: 'clicks', hours: 48 } },
    { atNs: 3e9, action: { kind: 'mode', stream: 'clicks', mode: 'on-demand' } },
    { atNs: 5e9, action: { kind: 'split', stream: 'clicks', shard: 1, hashKey: '123' } },
    { atNs: 7e9, action: { kind: 'merge', stream: 'clicks', shard: null } },
    { atNs: 20e9, action: { kind: 'split', stream: 'clicks', shard: null, hashKey: null } },
    { atNs: 21e9, action: { kind: 'pause', fleet: 'writers', agent: null } },
    { atNs: 21e9, action: { kind: 'kill', fleet: 'pollers', agent: 1 } },
    { atNs: 22e9, action: { kind: 'resume', fleet: 'writers', agent: null } },
    { atNs: 23e9, action: { kind: 'start', fleet: 'pollers', agent: null } },
    { atNs: 24e9, action: { kind: 'arm', fault: 'log.ack-then-drop{p=0.1}' } },
    { atNs: 25e9, action: { kind: 'restart' } },
    { atNs: 35e9, action: { kind: 'disarm', fault: 'log.ack-then-drop' } },
  ]);
});

test('a plan without steps has the hash it had before there were any', () => {
  const without = parseScenario(base.replace('steps:\n', ''), { file: 's.yaml' });
  expect(without.plan).not.toHaveProperty('steps');
  expect(parse('{ at: 1s, split: clicks }')).toHaveProperty('steps');
});

test('a stream that the run did not make is never altered', () => {
  expect(faults('{ at: 1s, split: orders }')).toEqual([
    's.yaml:16:22: orders existed before the run (use: orders) and is never altered — take the step away, or let the run make a stream of its own (shards:)',
  ]);
  for (const step of [
    'merge: orders',
    'reshard: orders, to: 4',
    'retention: orders, to: 48h',
    'mode: orders, to: on-demand',
  ])
    expect(faults(`{ at: 1s, ${step} }`).join()).toContain('is never altered');
});

test('every fault of a step says where it is and what would be right', () => {
  expect(
    faults(
      '{ split: clicks }',
      '{ at: 40s, split: clicks }',
      '{ in: stedy, split: clicks }',
      '{ in: warm-up, at: 6s, split: clicks }',
      '{ at: 1s }',
      '{ at: 1s, split: clicks, merge: clicks }',
      '{ at: 1s, splitt: clicks }',
      '{ at: 1s, split: click }',
      '{ at: 1s, merge: clicks, hash-key: "5" }',
      '{ at: 1s, split: clicks, hash-key: "0x5" }',
      '{ at: 1s, reshard: clicks }',
      '{ at: 1s, reshard: clicks, to: 2s }',
      '{ at: 1s, retention: clicks, to: 30m }',
      '{ at: 1s, mode: clicks, to: ondemand }',
      '{ at: 1s, pause: writer }',
      '{ at: 1s, kill: writers }',
      '{ at: 1s, kill: pollers, agent: 2 }',
      '{ at: 1s, resume: writers }',
      '{ at: 1, restart: target }',
      '{ at: 1s, restart: all }',
    ).map((fault) => fault.replace(/^s\.yaml:(\d+):\d+: /, (_, line: string) => `${Number(line) - 15}: `)),
  ).toEqual([
    '1: the step has no time — write at: 20s (from the start of the load) or in: and a phase',
    '2: the load is over after 35s — move the step forward or lengthen the phases',
    '3: there is no phase "stedy" — did you mean steady?',
    '4: warm-up takes only 5s — with in:, at: counts from the start of the phase',
    '5: the step does nothing — it can split, merge, reshard, retention, mode, pause, resume, kill, start, down, up, arm, disarm or restart',
    '6: the step does split and merge at once — make a step of each',
    '7: the step does nothing — it can split, merge, reshard, retention, mode, pause, resume, kill, start, down, up, arm, disarm or restart',
    '7: "splitt" is not a key of steps.6 — did you mean split?',
    '8: there is no stream "click" — did you mean clicks?',
    '9: merge takes no hash-key — split can have one',
    '10: "0x5" is not a hash key — a decimal number below 2^128, in quotes',
    '11: reshard does not say to how many shards — add to: 4',
    '12: "2s" is not a number of shards — such as to: 4',
    '13: records cannot be kept for 30m — whole hours from 24h to 8760h (365d)',
    '14: "ondemand" is not a mode — did you mean on-demand?',
    '15: there is no fleet "writer" — did you mean writers?',
    '16: writers produces, only consumers can be killed — pause: writers stops it',
    '17: pollers has no agent 2 — agents are counted from 0, pollers has 2',
    '18: no step before this one says pause: writers — add one, or mend the times',
    '19: 1 has no unit — write a number and a unit, such as 20s',
    '20: "all" is not known here — it can only be target',
  ]);
});
