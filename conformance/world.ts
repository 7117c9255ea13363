/**
 * Where statements are judged. Two of them: a target over sockets, on the machine's clock; and the reference in this process
 * on a virtual clock, where everything that AWS promises of hours and minutes can be seen in milliseconds. A check does not
 * know which: it asks for capabilities, and sleeps on the clock it is given.
 */
import { systemClock, type Clock } from '../src/clock.ts';
import type { Capability } from '../src/protocol/capabilities.ts';
import { virtualReference, type VirtualReference } from '../src/target/embedded-virtual.ts';
import type { EmbeddedSpec } from '../src/target/spec.ts';
import type { Credentials, DeliveryEndpoint, KinesisEndpoint } from '../src/target/target.ts';
import { socketsTo, type Protocol } from '../src/wire/client.ts';
import { inProcessTransport } from '../src/wire/in-process.ts';
import type { Transport } from '../src/wire/transport.ts';
import { deliveryInProcess, deliveryOverSockets, type DeliveryWorld } from './delivery-world.ts';
import { overSockets, type RawAnswer, type RawRequest } from './raw.ts';

/** A place to judge in. */
export interface World {
  readonly clock: Clock;
  readonly endpoint: KinesisEndpoint;
  readonly capabilities: ReadonlySet<Capability>;
  /** A way for clients to send calls; by the endpoint's own protocol unless another is named. */
  transport(protocol?: Protocol): Transport;
  /** Sends these very bytes; undefined where the connection ended without an answer. */
  raw(request: RawRequest): Promise<RawAnswer | undefined>;
  /** Lets time pass until the work is done, where time does not pass by itself. */
  settle<T>(work: Promise<T>): Promise<T>;
  /** Opens what Data Firehose is judged with (capability `firehose`); whoever opens it closes it. */
  readonly delivery?: () => Promise<DeliveryWorld>;
  /** Crashes the endpoint and starts it again (capability `restart`). */
  readonly restart?: () => Promise<void>;
  /** Keys of another account (capability `multi-account`). */
  readonly neighbour?: Credentials & { readonly accountId: string };
  /** Keys that end (capability `temporary-keys`). */
  readonly temporary?: Credentials & { readonly expiresMs: number };
  /** Makes an encryption key unusable or usable (capability `kms`). */
  readonly setKey?: VirtualReference['setKey'];
}

/** What a world of sockets needs to know: plain data but for the keys. */
export interface SocketsOf {
  readonly endpoint: KinesisEndpoint;
  readonly capabilities: ReadonlySet<Capability>;
  readonly delivery?: DeliveryEndpoint | undefined;
}

/** A target that answers over sockets. */
export function socketWorld({ endpoint, capabilities, delivery }: SocketsOf): World {
  return {
    clock: systemClock,
    endpoint,
    capabilities,
    transport: (protocol) => socketsTo(endpoint, systemClock, protocol),
    raw: (request) => overSockets(endpoint, request),
    settle: (work) => work,
    ...(delivery && { delivery: () => deliveryOverSockets(endpoint, delivery) }),
  };
}

/** The reference in this process, and what its faults have done. */
export type VirtualWorld = World & Pick<VirtualReference, 'activations' | 'watchFaults' | 'description'>;

/** A request as the reference takes it. */
export type HandledRequest = Parameters<VirtualReference['handle']>[0];

/** Makes one. `watch` sees every request that was answered. */
export function virtualWorld(
  spec: EmbeddedSpec,
  watch?: (request: HandledRequest, answer: Pick<RawAnswer, 'status'>) => void,
): VirtualWorld {
  const reference = virtualReference(spec);
  const handle = async (request: HandledRequest) => {
    const answer = await reference.handle(request);
    watch?.(request, answer);
    return answer;
  };
  const { clock, region, capabilities, owner, neighbour, temporary, setKey, activations, watchFaults, description } =
    reference;
  const endpoint = { url: 'http://in-process', region, credentials: () => Promise.resolve(owner) };
  const raw = async ({ method, path, headers, body }: RawRequest) => {
    const answer = await handle({ method, path, headers, body });
    const pieces: Uint8Array[] = [];
    if (typeof answer.body !== 'function') pieces.push(answer.body);
    else for await (const piece of answer.body(new AbortController().signal)) pieces.push(piece);
    const named = Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]);
    return { status: answer.status, headers: Object.fromEntries(named), body: Buffer.concat(pieces) };
  };
  return {
    clock,
    endpoint,
    capabilities,
    transport: () => inProcessTransport(handle, clock),
    raw,
    delivery: () => Promise.resolve(deliveryInProcess(reference, endpoint, raw)),
    settle: (work) => clock.runUntilSettled(work),
    restart: () => Promise.resolve(reference.restart()),
    neighbour,
    temporary,
    setKey,
    activations,
    watchFaults,
    description,
  };
}
