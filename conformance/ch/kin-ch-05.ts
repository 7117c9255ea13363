/** KIN-CH-05: channels hold their stream. Once the channel is gone the same deletion is taken, or it was refused for something else. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { removeChannel } from '../../src/target/channel-leftovers.ts';
import type { Context } from '../context.ts';
import { refusable } from '../refusable-call.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { withChannel, withSource } from './channel.ts';

/** How long the deletion is tried that nothing holds any more. */
const RELEASE_NS = 20 * NS_PER_S;
const PAUSE_NS = NS_PER_S / 2;

export const kinCh05 = statement({
  id: 'KIN-CH-05',
  level: 'MUST',
  profile: 'aws-2026',
  evidence: ['model'],
  sentence: 'DeleteStream of a stream with an active channel is refused; without the channel it is not.',
  source: 'DeleteChannel ("A stream cannot be deleted while it has active channels")',
  fault: 'life.delete-ignores-channels',
  needs: ['channels'],
  uses: { streams: [4], onDemand: 1 },
  exercises: { 'channels made': 1, 'deletions asked for': 2 },
  check: (context) =>
    withSource(context, (source) =>
      withChannel(context, source, 'BYTE_ARRAY', async (channelArn) => {
        const StreamName = source.stream.name;
        const held = await refusable(context, 'DeleteStream', { StreamName });
        context.count('deletions asked for');
        const asked = 'DeleteStream of a stream with a channel that is ACTIVE';
        if (held.kind === 'accepted') return broken(`${asked} was accepted; AWS documents that it cannot be deleted`);
        const said = `${asked} was answered with ${held.said}`;
        await removeChannel(channelArn, context.client, context.clock);
        const refusal = await released(context, StreamName);
        if (refusal !== undefined) return unobserved(`${said}; and once the channel was removed with ${refusal}`);
        return held.code === 'ResourceInUseException' ? holds(said) : loose(said);
      }),
    ),
});

/** How the deletion is refused at last; undefined where it is not. */
async function released(context: Context, StreamName: string): Promise<string | undefined> {
  const { clock } = context;
  const untilNs = clock.monotonicNs() + RELEASE_NS;
  for (;;) {
    const trial = await refusable(context, 'DeleteStream', { StreamName });
    context.count('deletions asked for');
    if (trial.kind === 'accepted') return undefined;
    if (clock.monotonicNs() > untilNs) return trial.said;
    await sleepFor(clock, PAUSE_NS);
  }
}
