/** ThrottlingException, one of AWS's common errors, says "too fast" of any call or record, and nothing else of it. */
import { expect, test } from 'vitest';
import { loadTarget } from '../src/target/load.ts';
import type { EmbeddedSpec } from '../src/target/spec.ts';
import type { TransportAnswer, TransportRequest, TransportStream } from '../src/wire/transport.ts';
import { kinApi08 } from './api/kin-api-08.ts';
import { kinEfo02 } from './efo/kin-efo-02.ts';
import { kinEfo07 } from './efo/kin-efo-07.ts';
import { judge } from './judge.ts';
import { kinLr03 } from './lr/kin-lr-03.ts';
import { kinLr04 } from './lr/kin-lr-04.ts';
import { kinPr09 } from './pr/kin-pr-09.ts';
import type { RawRequest } from './raw.ts';
import { kinSec01 } from './sec/kin-sec-01.ts';
import { Session } from './session.ts';
import type { Judgement, Statement } from './statement.ts';
import { virtualWorld } from './world.ts';

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

const throttled: Answer = {
  status: 400,
  body: Buffer.from('{"__type":"ThrottlingException","message":"Rate exceeded"}'),
};

/** The answer to a PutRecords of which nothing was taken. */
function noneTaken(count: number): Answer {
  const entry = { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' };
  const output = { FailedRecordCount: count, Records: Array.from({ length: count }, () => entry) };
  return { status: 200, body: Buffer.from(JSON.stringify(output)) };
}

/** The judgement where the so-manieth call of an operation is answered so. Raw requests are counted by themselves. */
function judged(statement: Statement, of: string, call: number, answer: Answer): Promise<Judgement> {
  const world = virtualWorld({ ...loadTarget('embedded'), latency: 'none', seed: 1 } as EmbeddedSpec);
  let calls = 0;
  const isIt = (operation: string) => operation === of && (calls += 1) === call;
  const transport = () => {
    const inner = world.transport();
    const head = () => {
      const nowNs = world.clock.monotonicNs();
      return { contentType: 'application/x-amz-json-1.1', sentNs: nowNs, answeredNs: nowNs };
    };
    const send = (request: TransportRequest): Promise<TransportAnswer> =>
      isIt(request.target.split('.')[1]!)
        ? Promise.resolve({ kind: 'response', ...answer, ...head() })
        : inner.send(request);
    async function* pieces(receivedNs: number): TransportStream['pieces'] {
      yield { kind: 'bytes', bytes: answer.body, receivedNs };
      yield { kind: 'end', receivedNs };
    }
    const stream: typeof inner.stream = (request, signal) => {
      if (!isIt(request.target.split('.')[1]!)) return inner.stream(request, signal);
      const { sentNs, ...rest } = head();
      return Promise.resolve({ kind: 'stream', status: answer.status, pieces: pieces(sentNs), sentNs, ...rest });
    };
    return { ...inner, send, stream };
  };
  const raw = (request: RawRequest) => (isIt('raw') ? Promise.resolve({ ...answer, headers: {} }) : world.raw(request));
  return judge(statement, new Session({ world: { ...world, transport, raw }, seed: 1 }));
}

test.each([
  [kinApi08, 'PutRecords', 1, noneTaken(20), 'holds'],
  [kinEfo02, 'RegisterStreamConsumer', 3, throttled, 'holds'],
  [kinEfo07, 'SubscribeToShard', 2, throttled, 'holds'],
  [kinLr03, 'PutRecord', 1, throttled, 'holds'],
  [kinLr04, 'PutRecord', 2, throttled, 'holds'],
  // Tried once, so that nothing is known of what the limit is about.
  [kinPr09, 'PutRecords', 1, throttled, 'unobserved'],
  [kinSec01, 'raw', 2, throttled, 'unobserved'],
] as const)('$id where $1 call $2 is throttled', async (statement, of, call, answer, outcome) => {
  const { outcome: seen, message } = await judged(statement, of, call, answer);
  expect(seen, message).toBe(outcome);
});
