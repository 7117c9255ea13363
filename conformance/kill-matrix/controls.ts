/**
 * Harmless conditions, under which no statement may turn red: a check that does has blamed an endpoint for the network or for
 * its own client. They lie between client and endpoint, which itself has no fault.
 */
import { NS_PER_MS, sleepFor } from '../../src/clock.ts';
import { Random } from '../../src/random.ts';
import type { Transport, TransportAnswer, TransportRequest } from '../../src/wire/transport.ts';
import type { World } from '../world.ts';

/** How a control carries one call. */
type Carry = (request: TransportRequest, send: Transport['send']) => Promise<TransportAnswer>;

interface Control {
  readonly description: string;
  /** A way to carry the calls of one session. */
  readonly carrier: (world: World, random: Random) => Carry;
  /** What each exchange beside plain calls (raw requests, the beginnings of subscriptions) has to wait, in ns. */
  readonly delayNs: number;
}

const LATENCY_NS = 50 * NS_PER_MS;
/** Acknowledgements that are under way at the same time change places by up to so much. */
const SHUFFLE_NS = 30 * NS_PER_MS;
/** One write in so many loses its answer. */
const LOST_EVERY = 25;

/** By name. */
export const controls: Readonly<Record<string, Control>> = {
  'control.latency': {
    description: 'Every answer takes 50 ms longer.',
    delayNs: LATENCY_NS,
    carrier:
      ({ clock }) =>
      async (request, send) => {
        await sleepFor(clock, LATENCY_NS / 2);
        const answer = await send(request);
        await sleepFor(clock, LATENCY_NS / 2);
        return { ...answer, answeredNs: clock.monotonicNs() };
      },
  },
  'control.reordered-acknowledgements': {
    description: 'Answers to calls that are under way at the same time come in another order.',
    delayNs: 0,
    carrier:
      ({ clock }, random) =>
      async (request, send) => {
        const answer = await send(request);
        await sleepFor(clock, Math.round(random.uniform() * SHUFFLE_NS));
        return { ...answer, answeredNs: clock.monotonicNs() };
      },
  },
  'control.lost-acknowledgements': {
    description:
      'The connection breaks after one write in 25 was stored: whoever sends it again makes a duplicate, and must expect it.',
    delayNs: 0,
    carrier: (_world, random) => {
      let writes = random.below(LOST_EVERY);
      return async (request, send) => {
        const answer = await send(request);
        if (!/\.PutRecords?$/.test(request.target)) return answer;
        writes += 1;
        if (writes % LOST_EVERY !== 0) return answer;
        const { sentNs, answeredNs } = answer;
        return { kind: 'connection', reason: 'cut', message: 'cut by the control', maybe: true, sentNs, answeredNs };
      };
    },
  },
};

/** The world under a control. */
export function controlled(world: World, name: string, seed: number): World {
  const control = controls[name];
  if (control === undefined) throw new Error(`there is no control ${name}`);
  const carry = control.carrier(world, new Random(seed).fork(name));
  const { clock } = world;
  return {
    ...world,
    transport: (protocol) => {
      const plain = world.transport(protocol);
      return {
        hostHeader: plain.hostHeader,
        send: (request) => carry(request, (sent) => plain.send(sent)),
        stream: async (request, signal) => {
          await sleepFor(clock, control.delayNs);
          return plain.stream(request, signal);
        },
        open: (calls) => plain.open(calls),
        close: () => plain.close(),
      };
    },
    raw: async (request) => {
      await sleepFor(clock, control.delayNs);
      return world.raw(request);
    },
  };
}
