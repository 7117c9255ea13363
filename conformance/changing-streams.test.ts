/**
 * Streams that are still changing when they are called ACTIVE. A description may be older than the change before it: AWS was seen to
 * describe the former retention after a change that it had accepted (aws/aws-sdk-go#566). And a call may be refused as in use after a
 * description that says ACTIVE (aws/aws-sdk-java-v2#6006).
 */
import { expect, test } from 'vitest';
import { NS_PER_MS } from '../src/clock.ts';
import { loadTarget } from '../src/target/load.ts';
import type { EmbeddedSpec } from '../src/target/spec.ts';
import type { TransportAnswer, TransportRequest } from '../src/wire/transport.ts';
import { type Alteration, judgedBehind } from './history/altered-world.test-data.ts';
import { selectStatements } from './registry.ts';
import { Session } from './session.ts';
import { virtualWorld } from './world.ts';

const changes = /^(Increase|Decrease|Update|Start|Stop|Add|Remove)/;

/** Describes a stream for so long as it was before a change. */
function describedLate(lateMs: number): Alteration {
  let known: TransportAnswer | undefined;
  let untilNs = 0;
  return (operation, _call, answer) => {
    if (answer.kind === 'response' && answer.status === 200 && changes.test(operation))
      untilNs = answer.answeredNs + lateMs * NS_PER_MS;
    if (operation !== 'DescribeStreamSummary') return undefined;
    if (known && answer.answeredNs < untilNs) return known;
    known = answer;
    return undefined;
  };
}

test.each(['RET-07', 'ENC-01', 'ENC-02', 'LR-02', 'OD-04', 'PART-10'])(
  'KIN-%s holds where descriptions are late',
  async (id) => {
    const [judgement] = await judgedBehind(selectStatements([id]), describedLate(300));
    expect(judgement?.outcome, judgement?.message).toBe('holds');
  },
);

test.each(['RET-07', 'ENC-01', 'TAG-01', 'LR-02', 'OD-04', 'PART-10'])(
  'KIN-%s holds where every other change is refused as in use',
  async (id) => {
    const world = virtualWorld({ ...loadTarget('embedded'), latency: 'none', seed: 1 } as EmbeddedSpec);
    let asked = 0;
    const transport = () => {
      const inner = world.transport();
      const send = (request: TransportRequest): Promise<TransportAnswer> => {
        if (!changes.test(request.target.split('.')[1]!) || (asked += 1) % 2 === 0) return inner.send(request);
        const nowNs = world.clock.monotonicNs();
        const body = Buffer.from('{"__type":"ResourceInUseException","message":"not ACTIVE"}');
        const contentType = 'application/x-amz-json-1.1';
        return Promise.resolve({ kind: 'response', status: 400, contentType, body, sentNs: nowNs, answeredNs: nowNs });
      };
      return { ...inner, send };
    };
    const [statement] = selectStatements([id]);
    const { context } = new Session({ world: { ...world, transport }, seed: 1 }).context(id);
    const { outcome, message } = await world.settle(statement!.check(context));
    expect(outcome, message).toBe('holds');
  },
);
