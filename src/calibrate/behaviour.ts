/**
 * Endpoints of known behaviour, each with a way of its own to be measured wrongly. What they really did stands in their logs; what they
 * are meant to do is no more than the reason why they are here.
 */
import { NS_PER_MS } from '../clock.ts';
import { Random } from '../random.ts';

export const stubNames = ['fixed', 'stall', 'lognormal', 'bimodal', 'errors', 'throttle', 'slow-reader'] as const;
export type StubName = (typeof stubNames)[number];

export type StubOutcome = 'accepted' | 'throttled' | 'failed';

/** What becomes of one put. */
export interface Decision {
  /** The body is left unread for so long after the request arrived, in ns. */
  readonly readAfterNs: number;
  /** Monotonic time before which it is not answered, in ns. */
  readonly answerAtNs: number;
  readonly outcome: StubOutcome;
}

/** Decides about the put with this number, from 0, as it arrives. */
export type Behaviour = (call: number, arrivedNs: number) => Decision;

/** A stub and the load that it is measured with. */
export interface StubSpec {
  readonly what: string;
  readonly recordBytes: number;
  /** A fresh behaviour; `random` is its own. */
  readonly make: (random: Random) => Behaviour;
}

const ms = (value: number) => value * NS_PER_MS;

/** Answers after a time of its own for each call. */
function after(
  delayNs: (call: number) => number,
  outcome: (call: number) => StubOutcome = () => 'accepted',
): Behaviour {
  return (call, arrivedNs) => ({ readAfterNs: 0, answerAtNs: arrivedNs + delayNs(call), outcome: outcome(call) });
}

export const stubs: Readonly<Record<StubName, StubSpec>> = {
  fixed: { what: '200 ms, always', recordBytes: 100, make: () => after(() => ms(200)) },
  stall: {
    what: '10 ms, and one stall of 1.4 s',
    recordBytes: 100,
    make: () => {
      let stalledUntilNs = 0;
      return (call, arrivedNs) => {
        if (call === 4000) stalledUntilNs = arrivedNs + ms(1400);
        return { readAfterNs: 0, answerAtNs: Math.max(arrivedNs + ms(10), stalledUntilNs), outcome: 'accepted' };
      };
    },
  },
  lognormal: {
    what: 'lognormal, median 20 ms, sigma 0.5',
    recordBytes: 100,
    make: (random) => after(() => Math.min(ms(2000), ms(20) * Math.exp(0.5 * random.normal()))),
  },
  bimodal: {
    what: '10 ms, and 120 ms for one in ten',
    recordBytes: 100,
    make: (random) => after(() => ms(random.uniform() < 0.1 ? 120 : 10)),
  },
  errors: {
    what: '20 ms, 1 % of internal failures after 60 ms',
    recordBytes: 100,
    make: (random) => {
      const fails: boolean[] = [];
      const failing = (call: number) => (fails[call] ??= random.uniform() < 0.01);
      return after(
        (call) => ms(failing(call) ? 60 : 20),
        (call) => (failing(call) ? 'failed' : 'accepted'),
      );
    },
  },
  throttle: {
    what: '30 ms, every 20th throttled after 10 ms',
    recordBytes: 100,
    make: () =>
      after(
        (call) => ms(call % 20 === 19 ? 10 : 30),
        (call) => (call % 20 === 19 ? 'throttled' : 'accepted'),
      ),
  },
  'slow-reader': {
    what: 'leaves bodies unread for 25 ms, then 10 ms',
    recordBytes: 4096,
    make: () => (_, arrivedNs) => ({ readAfterNs: ms(25), answerAtNs: arrivedNs + ms(35), outcome: 'accepted' }),
  },
};

/** The behaviour of a stub for a seed. */
export function behaviourOf(name: StubName, seed: number): Behaviour {
  return stubs[name].make(new Random(seed).fork('stub', name));
}
