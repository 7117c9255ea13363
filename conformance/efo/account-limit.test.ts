/** Where a stream takes more than twenty consumers, the account may have a higher limit: it is asked, and may not be able to say. */
import { expect, test } from 'vitest';
import type { TransportAnswer } from '../../src/wire/transport.ts';
import { judgedAltered } from '../history/altered-world.test-data.ts';
import { kinEfo02 } from './kin-efo-02.ts';

type Times = Pick<TransportAnswer, 'sentNs' | 'answeredNs'>;

function error(status: number, type: string): (times: Times) => TransportAnswer {
  const body = Buffer.from(JSON.stringify({ __type: type, message: 'no' }));
  return (times) => ({ kind: 'response', status, contentType: 'application/x-amz-json-1.1', body, ...times });
}

const broken = { kind: 'connection', reason: 'cut', message: 'reset', maybe: false } as const;

test.each<readonly [string, (times: Times) => TransportAnswer, string]>([
  ['times out', (times) => ({ kind: 'timeout', ...times }), 'loose'],
  ['breaks the connection', (times) => ({ ...broken, ...times }), 'loose'],
  ['fails inside', error(500, 'InternalFailure'), 'loose'],
  ['is throttled', error(400, 'ThrottlingException'), 'loose'],
  ['is denied', error(400, 'AccessDeniedException'), 'loose'],
  ['is not there', error(400, 'UnknownOperationException'), 'broken'],
])('KIN-EFO-02 where DescribeAccountSettings %s', async (_what, answer, outcome) => {
  const asked = (operation: string, _call: number, { sentNs, answeredNs }: TransportAnswer) =>
    operation === 'DescribeAccountSettings' ? answer({ sentNs, answeredNs }) : undefined;
  const [judgement] = await judgedAltered([kinEfo02], asked, [kinEfo02.fault]);
  expect(judgement?.outcome, judgement?.message).toBe(outcome);
});
