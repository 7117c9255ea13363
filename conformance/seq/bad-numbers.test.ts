/** A throttle and a server error by chance say nothing of the number that was sent. */
import { expect, test } from 'vitest';
import { loadTarget } from '../../src/target/load.ts';
import type { EmbeddedSpec } from '../../src/target/spec.ts';
import type { TransportAnswer, TransportRequest } from '../../src/wire/transport.ts';
import { Session } from '../session.ts';
import { virtualWorld } from '../world.ts';
import { kinSeq06 } from './kin-seq-06.ts';

test.each([
  ['ProvisionedThroughputExceededException', 400],
  ['InternalFailure', 500],
])('every other put is answered with %s', async (code, status) => {
  const world = virtualWorld({ ...loadTarget('embedded'), latency: 'none', seed: 1 } as EmbeddedSpec);
  const { clock } = world;
  let puts = 0;
  const transport = () => {
    const plain = world.transport();
    const send = (request: TransportRequest): Promise<TransportAnswer> => {
      if (request.target.endsWith('.PutRecord')) puts += 1;
      if (!request.target.endsWith('.PutRecord') || puts % 2 === 1) return plain.send(request);
      const nowNs = clock.monotonicNs();
      const body = Buffer.from(JSON.stringify({ __type: code, message: 'not now' }));
      const contentType = 'application/x-amz-json-1.1';
      return Promise.resolve({ kind: 'response', status, contentType, body, sentNs: nowNs, answeredNs: nowNs });
    };
    return { ...plain, send };
  };
  const session = new Session({ world: { ...world, transport }, seed: 1 });
  const { context } = session.context(kinSeq06.id);
  expect(await world.settle(kinSeq06.check(context))).toMatchObject({ outcome: 'holds' });
});
