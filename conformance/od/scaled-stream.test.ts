/** On-demand streams are scaled by AWS when it likes, right after a switch, too: what was put into a child is there as well. */
import { expect, test } from 'vitest';
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { HASH_KEY_COUNT } from '../../src/protocol/hash.ts';
import { loadTarget } from '../../src/target/load.ts';
import type { EmbeddedSpec } from '../../src/target/spec.ts';
import { createClient } from '../../src/wire/client.ts';
import type { TransportRequest } from '../../src/wire/transport.ts';
import { Session } from '../session.ts';
import { virtualWorld } from '../world.ts';
import { kinOd04 } from './kin-od-04.ts';

/** What is found where the first switch of mode splits a shard. */
async function found(faults: readonly string[]): Promise<string> {
  const world = virtualWorld({ ...loadTarget('embedded'), latency: 'none', seed: 1, faults } as EmbeddedSpec);
  const { clock, endpoint } = world;
  const scaler = createClient(endpoint, clock, world.transport());
  let isScaled = false;
  const transport = () => {
    const inner = world.transport();
    const send = async (request: TransportRequest) => {
      if (request.target.endsWith('.UpdateStreamMode') && !isScaled) {
        isScaled = true;
        const listed = await scaler.call('ListStreams', {});
        const StreamName = listed.kind === 'ok' ? listed.output.StreamNames[0]! : '';
        const split = { ShardToSplit: 'shardId-000000000000', NewStartingHashKey: String(HASH_KEY_COUNT / 4n) };
        expect((await scaler.call('SplitShard', { StreamName, ...split })).kind).toBe('ok');
        await sleepFor(clock, 2 * NS_PER_S);
      }
      return inner.send(request);
    };
    return { ...inner, send };
  };
  const { context } = new Session({ world: { ...world, transport }, seed: 1, settleMs: 500 }).context(kinOd04.id);
  const { outcome, message } = await world.settle(kinOd04.check(context));
  return `${outcome}: ${message}`;
}

test('records that came into new shards while a mode was switched are read there', async () => {
  expect(await found([])).toMatch(/^holds/);
  expect(await found([kinOd04.fault])).toMatch(/^broken/);
});
