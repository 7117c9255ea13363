import { describe, expect, test } from 'vitest';
import { OperatorError } from '../operator-error.ts';
import { parseScenario } from './parse.ts';

const planOf = (line: string, more = '') =>
  parseScenario(
    `
name: two
question: Who is later?
expected: The poller.
streams: { events: { shards: 1 }, others: { shards: 1 } }
fleets:
  writers: { produce: PutRecord, stream: events, rate: 10 records/s, record: { size: 1 KiB, key: uniform(10) } }
  pollers: { consume: polling, stream: events }
  pushed: { consume: fan-out, stream: events }
  elsewhere: { consume: polling, stream: others }
phases: [{ name: steady, for: 30s }]
expect: [${JSON.stringify(line)}]
${more}`,
    { file: 's.yaml' },
  ).plan;

function faultOf(line: string): string {
  try {
    planOf(line);
    return '';
  } catch (error) {
    if (error instanceof OperatorError) return error.message;
    throw error;
  }
}

test('a pair is a latency of its own, and the plan names each once', () => {
  const plan = planOf('paired(pollers - pushed).p50 over steady > 50ms', 'curve: [paired(pollers - pushed).mean]');
  expect(plan.expect[0]).toMatchObject({
    subject: { kind: 'latency', metric: 'paired', stat: 'p50' },
    labels: { fleet: 'pollers - pushed' },
    window: { phase: 'steady' },
    value: 50e6,
  });
  expect(plan.pairs).toEqual([{ minuend: 'pollers', subtrahend: 'pushed' }]);
});

test('what only a curve shows is measured, too; where nothing is compared the plan says nothing of it', () => {
  const curve = 'matrix: { n: 1..2 }\ncurve: [paired(pushed - pollers).mean]';
  expect(planOf('lost = 0', curve).pairs).toEqual([{ minuend: 'pushed', subtrahend: 'pollers' }]);
  expect(planOf('lost = 0')).not.toHaveProperty('pairs');
});

describe('faults', () => {
  test.each([
    ['paired.p50 > 5ms', 'paired does not say which fleets — write paired(pollers - pushed)'],
    ['paired(pollers).p50 > 5ms', '").p50 > 5ms" begins with no minus'],
    [
      'paired(pollers-pushed).p50 > 5ms',
      'begins with no minus — with spaces around it, such as paired(pollers - pushed)',
    ],
    ['paired(pollers - pushd).p50 > 5ms', 'there is no consuming fleet "pushd" — did you mean pushed?'],
    ['paired(writers - pushed).p50 > 5ms', 'there is no consuming fleet "writers"'],
    ['paired(pushed - pushed).p50 > 5ms', 'pushed is compared with itself'],
    ['paired(pollers - elsewhere).p50 > 5ms', 'pollers and elsewhere read two streams'],
    ['paired(pollers - pushed){fleet=pollers}.p50 > 5ms', 'begins with no comparator'],
    ['paired(pollers - pushed).p50{fleet=pollers} > 5ms', 'paired names its fleets itself'],
    ['propagation(pollers - pushed).p50 > 5ms', 'propagation is not of two fleets'],
    ['paired(pollers - pushed).rate > 5ms', 'paired has no statistic "rate"'],
  ])('%s', (line, expected) => {
    expect(faultOf(line)).toContain(expected);
  });
});
