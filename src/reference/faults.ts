/**
 * The faults that the reference can be told to have, by name, to prove that a checker can fail. Each sits in the code that
 * keeps the invariant it breaks. A believable defect needs a precondition to show; an activation is counted and logged only
 * when the defect did something: the code asks last of all, where the effect is, and does it when the answer is yes. With
 * nothing armed a question costs one comparison.
 *
 * The type says what is known of the place: code that knows the endpoint alone cannot ask for a fault of streams, so no
 * armed fault fails to strike because somebody forgot to say where.
 */
import { systemClock, type Clock } from '../clock.ts';
import { Random } from '../random.ts';
import type { EndpointFault, FaultName, StreamFault } from './fault-descriptions.ts';
import { faultNamed, faultText, parseFault, type ArmedFault } from './fault-selector.ts';

export { faultDescriptions, faultPlaces, type FaultName } from './fault-descriptions.ts';
export { faultNamed } from './fault-selector.ts';

/** Where something happens, as far as the code that asks knows it. */
export interface FaultPlace {
  readonly stream?: string | undefined;
  /** The id. */
  readonly shard?: string | undefined;
}

/** One time that a fault did something. */
export interface Activation extends FaultPlace {
  /** Rising from 1 on. */
  readonly id: number;
  readonly fault: FaultName;
  /** Ns since the endpoint began. */
  readonly atNs: number;
  /** Ms since the epoch. */
  readonly atMs: number;
}

/** Activations that are kept one by one; of older ones only the count. */
const LOG_MAX = 10_000;

/** A fault that is armed, and how often it had the chance to strike. */
interface Armed {
  readonly fault: ArmedFault;
  chances: number;
}

/** What all views of the faults of one endpoint share. */
class FaultState {
  readonly armed = new Map<FaultName, Armed>();
  readonly counts = new Map<FaultName, number>();
  log: Activation[] = [];
  some = false;
  /** The faults that were asked for, once somebody wants to know. */
  asked: Set<FaultName> | undefined;
  clock: Clock = systemClock;
  random = new Random(1);
  beganNs = 0;
  lastId = 0;
}

/** The faults of one endpoint, asked from one place in it, where those of `Name` can be told to strike or not. */
export class Faults<in Name extends FaultName = EndpointFault> {
  readonly #state: FaultState;
  readonly #place: FaultPlace;

  /** Arms faults, as `parseFault` reads them. Throws an OperatorError for a text that is none. */
  constructor(texts: readonly string[] = [], view?: { readonly state: FaultState; readonly place: FaultPlace }) {
    this.#state = view?.state ?? new FaultState();
    this.#place = view?.place ?? {};
    for (const text of texts) this.arm(text);
  }

  /** Sets the time and the randomness that selectors go by; the endpoint begins now. */
  begin(clock: Clock, random: Random): void {
    this.#state.clock = clock;
    this.#state.random = random;
    this.#state.beganNs = clock.monotonicNs();
  }

  /** The same faults, asked from a stream (undefined: a request that names none) or from a shard of it. */
  at(place: { readonly stream: string; readonly shard: string }): ShardFaults;
  at(place: { readonly stream: string | undefined }): StreamFaults;
  at(place: FaultPlace): ShardFaults {
    return new Faults<FaultName>([], { state: this.#state, place });
  }

  /** Whether any fault is armed. */
  get some(): boolean {
    return this.#state.some;
  }

  /** Arms a fault, or arms it in another way; throws an OperatorError for a text that is none. */
  arm(text: string): void {
    const fault = parseFault(text);
    this.#state.armed.set(fault.name, { fault, chances: 0 });
    this.#state.some = true;
  }

  /** Disarms a fault; throws an OperatorError for a name that is none. */
  disarm(name: string): void {
    this.#state.armed.delete(faultNamed(name));
    this.#state.some = this.#state.armed.size > 0 || this.#state.asked !== undefined;
  }

  /** Disarms all, and forgets what they did. */
  reset(): void {
    this.#state.armed.clear();
    this.#state.counts.clear();
    this.#state.log = [];
    this.#state.some = this.#state.asked !== undefined;
  }

  /**
   * From now on, the names that anything asks for, whether they are armed or not. What is never asked for while nothing is
   * armed could not have changed anything by being armed alone.
   */
  watch(): ReadonlySet<FaultName> {
    this.#state.some = true;
    return (this.#state.asked ??= new Set());
  }

  /** What is armed, as text. */
  armed(): string[] {
    return [...this.#state.armed.values()].map(({ fault }) => faultText(fault));
  }

  /** Whether a fault is armed here and now: for what has to be prepared. It may still not strike, so nothing may show of it. */
  has(name: Name): boolean {
    return this.#state.some && this.#armedHere(name) !== undefined;
  }

  /** Whether a fault strikes; if so, an activation is counted and logged. */
  fires(name: Name): boolean {
    if (!this.#state.some) return false;
    const armed = this.#armedHere(name);
    if (!armed) return false;
    armed.chances += 1;
    const { p, nth, every } = armed.fault;
    if (nth !== undefined && armed.chances !== nth) return false;
    if (every !== undefined && armed.chances % every !== 0) return false;
    if (p !== undefined && this.#state.random.uniform() >= p) return false;
    this.#note(name);
    return true;
  }

  /** For each armed fault, how often it could have struck where and when its selector says, since it was armed. */
  chances(): Record<string, number> {
    return Object.fromEntries([...this.#state.armed].map(([name, { chances }]) => [name, chances]));
  }

  /** How often each fault did something. */
  activations(): Record<string, number> {
    return Object.fromEntries(this.#state.counts);
  }

  /** What faults did since an activation (0: all that is kept), in their order. */
  log(sinceId = 0): readonly Activation[] {
    return this.#state.log.filter(({ id }) => id > sinceId);
  }

  #armedHere(name: FaultName): Armed | undefined {
    const { armed, asked, clock, beganNs } = this.#state;
    asked?.add(name);
    const found = armed.get(name);
    if (!found) return undefined;
    const { fromNs, toNs, stream, shard } = found.fault;
    if (stream !== undefined && stream !== this.#place.stream) return undefined;
    if (shard !== undefined && shard !== this.#place.shard) return undefined;
    if (fromNs === undefined && toNs === undefined) return found;
    const atNs = clock.monotonicNs() - beganNs;
    return atNs >= (fromNs ?? 0) && atNs < (toNs ?? Number.POSITIVE_INFINITY) ? found : undefined;
  }

  #note(fault: FaultName): void {
    const state = this.#state;
    state.counts.set(fault, (state.counts.get(fault) ?? 0) + 1);
    state.lastId += 1;
    const atNs = state.clock.monotonicNs() - state.beganNs;
    state.log.push({ id: state.lastId, fault, atNs, atMs: state.clock.now(), ...this.#place });
    // Cut now and then, so that an activation costs no copy.
    if (state.log.length >= 2 * LOG_MAX) state.log = state.log.slice(-LOG_MAX);
  }
}

/** The faults asked where the stream is known. */
export type StreamFaults = Faults<StreamFault>;

/** The faults asked where the shard is known. */
export type ShardFaults = Faults<FaultName>;
