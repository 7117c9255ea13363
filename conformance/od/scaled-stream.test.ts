/** On-demand streams are scaled by AWS when it likes, right after a switch, too: what was put into a child is there as well. */
import { expect, test } from 'vitest';
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { HASH_KEY_COUNT } from '../../src/protocol/hash.ts';
import { createClient } from '../../src/wire/client.ts';
import { quickWorld, wired } from '../front.test-data.ts';
import { Session } from '../session.ts';
import { kinOd04 } from './kin-od-04.ts';

/** What is found where the first switch of mode splits a shard. */
async function found(faults: readonly string[]): Promise<string> {
  const quick = quickWorld({ faults });
  const { clock, endpoint } = quick;
  const scaler = createClient(endpoint, clock, quick.transport());
  let isScaled = false;
  const world = wired(quick, async (operation, pass) => {
    if (operation === 'UpdateStreamMode' && !isScaled) {
      isScaled = true;
      const listed = await scaler.call('ListStreams', {});
      const StreamName = listed.kind === 'ok' ? listed.output.StreamNames[0]! : '';
      const split = { ShardToSplit: 'shardId-000000000000', NewStartingHashKey: String(HASH_KEY_COUNT / 4n) };
      expect((await scaler.call('SplitShard', { StreamName, ...split })).kind).toBe('ok');
      await sleepFor(clock, 2 * NS_PER_S);
    }
    return pass();
  });
  const { context } = new Session({ world, seed: 1, settleMs: 500 }).context(kinOd04.id);
  const { outcome, message } = await world.settle(kinOd04.check(context));
  return `${outcome}: ${message}`;
}

test('records that came into new shards while a mode was switched are read there', async () => {
  expect(await found([])).toMatch(/^holds/);
  expect(await found([kinOd04.fault])).toMatch(/^broken/);
});
