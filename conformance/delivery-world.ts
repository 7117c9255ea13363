/** What Data Firehose is judged with: a client of it, the objects that it delivers, and where it may deliver to. */
import { systemClock } from '../src/clock.ts';
import type { VirtualReference } from '../src/target/embedded-virtual.ts';
import type { DeliveryEndpoint, KinesisEndpoint } from '../src/target/target.ts';
import { createFirehoseClient, type FirehoseClient } from '../src/wire/firehose-client.ts';
import { inProcessObjects } from '../src/wire/in-process-objects.ts';
import { inProcessTransport, type Handler } from '../src/wire/in-process.ts';
import type { ObjectSource } from '../src/wire/object-source.ts';
import { sdkObjects } from '../src/wire/sdk-objects.ts';

/** Data Firehose and what it delivers. */
export interface DeliveryWorld {
  readonly firehose: FirehoseClient;
  readonly objects: ObjectSource;
  readonly place: DeliveryEndpoint;
  /** What stands around it (capability `firehose-surroundings`). */
  readonly surroundings?: VirtualReference['surroundings'];
  close(): void;
}

/** That of a target over sockets, and its objects by the AWS SDK. */
export async function deliveryOverSockets(endpoint: KinesisEndpoint, place: DeliveryEndpoint): Promise<DeliveryWorld> {
  const { region, credentials } = endpoint;
  const firehose = createFirehoseClient({ ...endpoint, url: place.firehoseUrl }, systemClock);
  return worldOf(firehose, await sdkObjects({ url: place.s3Url, region, credentials }), place);
}

/** That of a reference in this process. */
export function deliveryInProcess(
  reference: VirtualReference,
  endpoint: KinesisEndpoint,
  handler: Handler,
): DeliveryWorld {
  const { clock, delivery: place, surroundings } = reference;
  const firehose = createFirehoseClient(endpoint, clock, inProcessTransport(handler, clock));
  return { ...worldOf(firehose, inProcessObjects(handler), place), surroundings };
}

function worldOf(firehose: FirehoseClient, objects: ObjectSource, place: DeliveryEndpoint): DeliveryWorld {
  const close = () => {
    firehose.close();
    objects.close();
  };
  return { firehose, objects, place, close };
}
