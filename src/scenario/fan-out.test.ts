import { describe, expect, test } from 'vitest';
import { OperatorError } from '../operator-error.ts';
import { parseScenario } from './parse.ts';

const text = (fleet: string, more = '', stream = '{ shards: 2 }') => `
name: pushed
question: How soon?
expected: Soon.
streams: { events: ${stream} }
fleets:
  writers: { produce: PutRecord, rate: 10 records/s, record: { size: 1 KiB, key: uniform(10) } }
  pushed: { ${fleet} }
phases: [{ name: steady, for: 30s }]
${more}`;
const planOf = (...of: Parameters<typeof text>) => parseScenario(text(...of), { file: 's.yaml' }).plan;

function faultsOf(...of: Parameters<typeof text>): string {
  try {
    planOf(...of);
    return '';
  } catch (error) {
    if (error instanceof OperatorError) return error.message;
    throw error;
  }
}

test('a fan-out fleet has its subscriptions replaced ten seconds before their end, and takes what comes', () => {
  expect(planOf('consume: fan-out').fleets[1]).toEqual({
    kind: 'consume',
    name: 'pushed',
    client: 'wire',
    stream: 'events',
    agents: 1,
    from: 'LATEST',
    timeoutNs: 10e9,
    method: 'fan-out',
    renewNs: 290e9,
    slowBytesPerS: null,
  });
  expect(planOf('consume: fan-out, renew: when-ended, slow: 500 KiB/s').fleets[1]).toMatchObject({
    renewNs: null,
    slowBytesPerS: 500 * 1024,
  });
  expect(planOf('consume: fan-out, renew: 5s, when: target.has(fan-out)').fleets[1]).toMatchObject({
    renewNs: 5e9,
    when: 'fan-out',
  });
});

test('an expectation may name what the target must have', () => {
  const [first] = planOf('consume: fan-out', 'expect: [renewals.count > 3 when target.has(fan-out)]').expect;
  expect(first).toMatchObject({ text: 'renewals.count > 3 when target.has(fan-out)', value: 3, when: 'fan-out' });
  expect(planOf('consume: polling', 'expect: [lost = 0]').expect[0]).not.toHaveProperty('when');
});

describe('faults', () => {
  test.each([
    ['consume: fan-out, every: 1s', '', 's.yaml:8:31: pushed does not poll — take it away, or write consume: polling'],
    ['consume: polling, renew: 1m', '', 's.yaml:8:31: pushed polls and has no subscription'],
    ['consume: fan-out, renew: 4s', '', 'a subscription of 4s cannot be replaced yet — at least 5s, or when-ended'],
    ['consume: fan-out, slow: 0 B/s', '', 'a reader that takes nothing'],
    ['consume: fan-out, agents: 21', '', '21 consumers are registered with events — a stream takes 20'],
    ['consume: fanout', '', '"fanout" is not known here — did you mean fan-out?'],
    ['consume: fan-out, when: target.has(fanout)', '', '"fanout" is nothing a target can have — did you mean fan-out?'],
    ['consume: fan-out, when: fan-out', '', '"fan-out" is not a condition — such as target.has(fan-out)'],
    ['consume: fan-out', 'expect: [polls.count > 3]', 'no fleet here has polls — it needs one that polls'],
    [
      'consume: polling',
      'expect: [renewals.count > 3]',
      'no fleet here has renewals — it needs one with consume: fan-out',
    ],
    ['consume: fan-out', 'expect: ["lateness.p99{fleet=pushed} < 1ms"]', 'pushed consumes and has no lateness'],
    [
      'consume: fan-out',
      'expect: [lost = 0 when target.has(wings)]',
      's.yaml:10:35: "wings" is nothing a target can have',
    ],
  ])('%s %s', (fleet, more, expected) => {
    expect(faultsOf(fleet, more)).toContain(expected);
  });

  test('an existing stream may have room for more consumers than one that is made', () => {
    expect(faultsOf('consume: fan-out, agents: 30', '', '{ use: orders }')).toBe('');
  });
});
