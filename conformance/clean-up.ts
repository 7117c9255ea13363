/**
 * Removes the streams of a run, by the name that only this run has. Whoever started the run does it, not the thread the run
 * was in: a run that is cancelled, or whose thread dies, cannot clean up after itself.
 */
import { NS_PER_S, sleepFor, systemClock } from '../src/clock.ts';
import { removeConformChannels } from '../src/target/channel-leftovers.ts';
import { removeConformDeliveries } from '../src/target/delivery-leftovers.ts';
import type { DeliveryEndpoint, KinesisEndpoint, RunningTarget } from '../src/target/target.ts';
import { createClient } from '../src/wire/client.ts';
import { deliveryOverSockets } from './delivery-world.ts';
import { patient } from './session.ts';
import { removeStreamsOf } from './streams.ts';

/** How long a removal is tried, in ns. */
const REMOVE_NS = 120 * NS_PER_S;
/** How long a call may be on its way that nobody waits for any more, in ns. */
const LATE_NS = NS_PER_S;

/**
 * Throws with the names of those that could not be removed. What died with a target of ours needs no removing.
 * @param how `cut`: the run was ended, and a call may have been under way that still makes a stream; `deliveries`: it may have made
 * delivery streams · `channels`: and channels of Kinesis
 */
export async function cleanUp(
  target: RunningTarget,
  run: string,
  { cut, deliveries, channels }: { cut: boolean; deliveries: boolean; channels: boolean },
): Promise<void> {
  if (target.died() !== null) return;
  if (deliveries && target.delivery) await removeDeliveries(target.kinesis, target.delivery, run);
  const client = createClient(target.kinesis, systemClock);
  try {
    const send = patient(client, systemClock, systemClock.monotonicNs() + REMOVE_NS);
    const kept = channels ? await removeConformChannels(run, client, systemClock) : [];
    if (kept.length > 0) throw new Error(`these could not be removed, remove them by hand: ${kept.join(', ')}`);
    await removeStreamsOf(run, send, systemClock);
    if (!cut) return;
    await sleepFor(systemClock, LATE_NS);
    await removeStreamsOf(run, send, systemClock);
  } finally {
    client.close();
  }
}

async function removeDeliveries(kinesis: KinesisEndpoint, place: DeliveryEndpoint, run: string): Promise<void> {
  const world = await deliveryOverSockets(kinesis, place);
  try {
    const kept = await removeConformDeliveries(run, { ...world, bucket: place.bucket }, systemClock);
    if (kept.length > 0) throw new Error(`these could not be removed, remove them by hand: ${kept.join(', ')}`);
  } finally {
    world.close();
  }
}
