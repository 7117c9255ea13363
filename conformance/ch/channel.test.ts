/** The channels that a run could not remove itself: known by their names and tags, and nothing else touched. */
import { expect, test } from 'vitest';
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { findLeftovers, removeLeftover } from '../../src/run/leftovers.ts';
import { removeConformChannels } from '../../src/target/channel-leftovers.ts';
import { loadTarget } from '../../src/target/load.ts';
import type { EmbeddedSpec } from '../../src/target/spec.ts';
import { Session } from '../session.ts';
import { holds } from '../statement.ts';
import { virtualWorld } from '../world.ts';
import { withChannel, withSource } from './channel.ts';

test('a run removes its channels and leaves those of others; a check leaves none', async () => {
  const world = virtualWorld({ ...loadTarget('embedded'), latency: 'none' } as EmbeddedSpec);
  const { context } = new Session({ world, seed: 1, run: 'run-a' }).context('KIN-CH-05');
  const names = async () => {
    const { ChannelSummaries } = await context.send('ListChannels', {});
    return ChannelSummaries.map(({ ChannelName }) => ChannelName);
  };
  const own = 'kinebench-conform-run-a-ch-05-1';
  const within = (work: () => Promise<void>) =>
    world.settle(
      withSource(context, (source) =>
        withChannel(context, source, 'BYTE_ARRAY', async () => {
          await work();
          return holds('');
        }),
      ),
    );
  await within(async () => {
    expect(await removeConformChannels('run-b', context.client, context.clock)).toEqual([]);
    expect(await names()).toEqual([own]);
    expect(await removeConformChannels('run-a', context.client, context.clock)).toEqual([]);
    expect(await names()).toEqual([]);
  });
  await within(async () => expect(await names()).toHaveLength(1));
  expect(await world.settle(names())).toEqual([]);
});

test('a sweep finds the channel of a killed run when its time is over, and removes it before the stream that it holds', async () => {
  const world = virtualWorld({ ...loadTarget('embedded'), latency: 'none' } as EmbeddedSpec);
  const { context } = new Session({ world, seed: 1, run: 'killed' }).context('KIN-CH-05');
  const { client, clock } = context;
  const found = () => findLeftovers(client, clock, world.capabilities);
  const killed = withSource(context, (source) =>
    withChannel(context, source, 'BYTE_ARRAY', async () => {
      expect(await found()).toEqual([]);
      await sleepFor(clock, 3700 * NS_PER_S);
      const leftovers = await found();
      expect(leftovers.map(({ name }) => name)).toEqual([
        'channel kinebench-conform-killed-ch-05-1',
        expect.stringMatching(/^kinebench-conform-killed-/),
        source.stream.name,
      ]);
      for (const leftover of leftovers) expect(await removeLeftover(client, clock, leftover)).toBe(true);
      await sleepFor(clock, 5 * NS_PER_S);
      expect(await found()).toEqual([]);
      return holds('');
    }),
  );
  expect((await world.settle(killed)).outcome).toBe('holds');
});
