/** The channels that a run could not remove itself: known by their names, and nothing else touched. */
import { expect, test } from 'vitest';
import { loadTarget } from '../../src/target/load.ts';
import type { EmbeddedSpec } from '../../src/target/spec.ts';
import { Session } from '../session.ts';
import { holds } from '../statement.ts';
import { virtualWorld } from '../world.ts';
import { removeChannelsOf, withChannel, withSource } from './channel.ts';

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
    expect(await removeChannelsOf('run-b', context)).toEqual([]);
    expect(await names()).toEqual([own]);
    expect(await removeChannelsOf('run-a', context)).toEqual([]);
    expect(await names()).toEqual([]);
  });
  await within(async () => expect(await names()).toHaveLength(1));
  expect(await world.settle(names())).toEqual([]);
});
