/**
 * Second witnesses: a sample of each group is judged again by other clients than ours, above all by the unmodified AWS SDK, and in the
 * other forms and protocols that the target has. A statement says the same whoever asks; where two witnesses disagree, the
 * endpoint treats them differently or our own client sees what is not there, and the result names both.
 */
import { type Clock, NS_PER_S } from '../src/clock.ts';
import { groupOf } from '../src/conformance-result.ts';
import type { KinesisEndpoint } from '../src/target/target.ts';
import { createClient, type Protocol, protocols, transportDefault, type WireClient } from '../src/wire/client.ts';
import { encodings, type Encoding } from '../src/wire/codec.ts';
import { loadSdk, type SdkMaker } from '../src/wire/sdk-client.ts';
import { createSdkFirehoseClient } from '../src/wire/sdk-firehose-client.ts';
import type { World } from './world.ts';

/** Whether a way can say anything of a statement: Data Firehose has one form, and of our own clients it has one. */
export function isAsked(id: string, { client }: Way): boolean {
  return sample.some((one) => one === id) && (client === 'sdk' || groupOf(id) !== 'FH');
}

/** How a witness asks. The SDK writes JSON only. */
export interface Way {
  readonly client: 'sdk' | 'wire';
  readonly protocol: Protocol;
  readonly encoding: Encoding;
}

/** What they judge: of each group something that a client can see, and that no day has to pass for. */
export const sample = [
  'KIN-API-01',
  'KIN-API-08',
  'KIN-PART-01',
  'KIN-PART-06',
  'KIN-ORD-02',
  'KIN-SEQ-02',
  'KIN-IT-03',
  'KIN-IT-13',
  'KIN-REP-03',
  'KIN-RET-01',
  'KIN-IMM-01',
  'KIN-THR-05',
  'KIN-PR-01',
  'KIN-RS-02',
  'KIN-EFO-01',
  'KIN-EFO-03',
  'KIN-MC-01',
  'KIN-OD-05',
  'KIN-TAG-01',
  'KIN-ENC-01',
  'KIN-POL-01',
  'KIN-LR-01',
  'KIN-CH-05',
  'KIN-FH-04',
  'KIN-FH-08',
  'KIN-SEC-05',
] as const;

const protocolNames: Readonly<Record<Protocol, string>> = { h1: 'HTTP/1.1', h2: 'HTTP/2' };

/** `the SDK over HTTP/2`, `CBOR over HTTP/1.1`. */
export function wayName({ client, protocol, encoding }: Way): string {
  return `${client === 'sdk' ? 'the SDK' : encoding.toUpperCase()} over ${protocolNames[protocol]}`;
}

/** Ways at the most: the SDK by two protocols, and our own client by two protocols in two forms but for the run's own. */
export const WAYS_MAX = protocols.length + protocols.length * encodings.length - 1;

/** Every way but the one that the run itself goes. */
export function otherWays({ transport }: KinesisEndpoint): Way[] {
  const own = { ...transportDefault, ...transport };
  const wire = protocols.flatMap((protocol) =>
    encodings.map((encoding): Way => ({ client: 'wire', protocol, encoding })),
  );
  return [
    ...protocols.map((protocol): Way => ({ client: 'sdk', protocol, encoding: 'json' })),
    ...wire.filter(({ protocol, encoding }) => protocol !== own.protocol || encoding !== own.encoding),
  ];
}

/** Those of the ways by which the endpoint answers at all. */
export async function spokenBy(endpoint: KinesisEndpoint, clock: Clock): Promise<Way[]> {
  const spoken: Way[] = [];
  for (const way of otherWays(endpoint)) {
    const client = (await makerOf(way))(endpointBy(way, endpoint), clock);
    const outcome = await client.call('ListStreams', { Limit: 1 }, { timeoutNs: ANSWER_NS });
    client.close();
    if (outcome.kind === 'ok') spoken.push(way);
  }
  return spoken;
}

/** How long an endpoint may take to show that it answers, in ns. */
const ANSWER_NS = 5 * NS_PER_S;

/** What makes the clients of a way. */
export function makerOf({ client, protocol }: Way): Promise<SdkMaker> {
  return client === 'sdk' ? loadSdk(protocol) : Promise.resolve((...how): WireClient => createClient(...how));
}

/** The same world, spoken to in another way. */
export function worldBy(way: Way, world: World): World {
  const endpoint = endpointBy(way, world.endpoint);
  const { delivery } = world;
  return {
    ...world,
    endpoint,
    transport: (protocol = way.protocol) => world.transport(protocol),
    ...(delivery &&
      way.client === 'sdk' && {
        delivery: async () => {
          const opened = await delivery();
          opened.firehose.close();
          const url = opened.place.firehoseUrl;
          return {
            ...opened,
            firehose: await createSdkFirehoseClient({ ...endpoint, url }, world.clock, way.protocol),
          };
        },
      }),
  };
}

function endpointBy({ protocol, encoding }: Way, endpoint: KinesisEndpoint): KinesisEndpoint {
  return { ...endpoint, transport: { ...endpoint.transport, protocol, encoding, subscriptions: protocol } };
}
