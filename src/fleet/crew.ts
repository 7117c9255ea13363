/**
 * The agents of one thread. A crew is prepared (consumers take up their positions), started at a common time, reports several
 * times a second, and is finished, which gives the histories of its agents. The same class works inside a worker thread and,
 * for simulations, in the process of the run.
 */
import type { Clock } from '../clock.ts';
import { MiscorrectedHistogram } from '../measure/planted-error.ts';
import { Recorder, type Snapshot } from '../measure/recorder.ts';
import type { ClientName, Plan } from '../scenario/plan.ts';
import type { SentExport } from '../verify/history.ts';
import type { ReaderExport } from '../verify/reader.ts';
import { type AttemptExport, AttemptLog } from './attempt-log.ts';
import { type Consumer, consumerOf } from './consumer.ts';
import type { PollSums } from './consumer-books.ts';
import { callsAtOnce } from './connections.ts';
import type { DeliveryPlace, FleetClients, FleetContext, StreamInfo } from './context.ts';
import { type ErrorKind, ErrorTally } from './error-tally.ts';
import type { Hold, HoldCommand } from './hold.ts';
import { Pairing, type PairSums } from './pairing.ts';
import { Producer } from './producer.ts';
import { SendLog } from './send-log.ts';
import { type Agent, consumersOf, producersOf, shareOf } from './share.ts';
import { unnamedOf } from './unnamed-streams.ts';
import { Timeline } from './timeline.ts';
import type { WatchExport } from './watch-books.ts';

/** Time between two reports of a crew while somebody waits for what they say, in ns. */
export const REPORT_NS = 250_000_000;

/** Errors that can be planted in the recording of latencies, for a calibration to find. */
export type PlantedError = 'unit-error';

/** Everything a crew must know, as plain data. */
export interface Assignment {
  readonly plan: Plan;
  readonly seed: number;
  /** Tag of the run, in every record. */
  readonly run: string;
  readonly role: 'produce' | 'consume';
  /** Indices of the agents with this role that are done here; left out, all of them. */
  readonly own?: readonly number[] | undefined;
  /** This crew is number `share` of `shares` with its role. */
  readonly share: number;
  readonly shares: number;
  readonly streams: readonly (readonly [alias: string, stream: StreamInfo])[];
  readonly deliveries?: readonly (readonly [alias: string, place: DeliveryPlace])[] | undefined;
  /** Where files of the scenario are named from. */
  readonly folder: string;
  /** ARNs of registered consumers by consumer index; null for those that poll. */
  readonly consumerArns?: readonly (string | null)[] | undefined;
  /** By producer index; null for producers of another machine. */
  readonly sendLogs: readonly (SharedArrayBuffer | null)[];
  readonly binNs: number;
  /** Time between two reports under load; a simulated day has no use for four a second. */
  readonly reportNs: number;
  readonly plant?: PlantedError | undefined;
}

export interface CrewReport {
  readonly snapshot: Snapshot;
  /** Acknowledged by this crew's producers so far, by producer index. */
  readonly acknowledged: readonly (readonly [producer: number, records: number])[];
  /** Seen by this crew's consumers so far, each record once and those in a backup too, by consumer index. */
  readonly received: readonly (readonly [consumer: number, records: number])[];
}

export interface CrewFinish {
  readonly producers: readonly { readonly index: number; readonly sent: SentExport }[];
  readonly consumers: readonly {
    readonly index: number;
    readonly reader: ReaderExport;
    /** Absent for who reads a stream. */
    readonly backup?: ReaderExport | undefined;
    readonly sums: PollSums;
  }[];
  readonly pairs: readonly PairSums[];
  readonly errors: readonly ErrorKind[];
  readonly attempts: readonly AttemptExport[];
  /** What watchers found; absent where there is none. */
  readonly watched?: readonly WatchExport[];
}

/** What a step does to a fleet; `agent` null for all of it. */
export interface FleetCommand {
  readonly kind: HoldCommand;
  readonly fleet: string;
  readonly agent: number | null;
}

/** A crew as the run sees it, wherever it works. */
export interface Crew {
  /** Called with every report; the last one comes before `finish` resolves. */
  onReport: (report: CrewReport) => void;
  /** Takes up positions; gives the reason when an endpoint keeps refusing one. */
  prepare(): Promise<string | null>;
  /** Resolves when the load is over and every call is settled. */
  work(startNs: number): Promise<void>;
  /** Ends the load early. */
  stopLoad(): void;
  /** Holds, frees, kills or revives the agents of a fleet, or one of them. Resolves when it is done. */
  control(command: FleetCommand): Promise<void>;
  /** Ends the consumers too and hands over the histories. */
  finish(): Promise<CrewFinish>;
}

export class LocalCrew implements Crew {
  onReport: (report: CrewReport) => void = () => {};
  readonly #context: FleetContext;
  readonly #producers: { readonly index: number; readonly producer: Producer }[] = [];
  readonly #consumers: { readonly index: number; readonly consumer: Consumer }[] = [];
  readonly #holds: { readonly fleet: string; readonly agent: number; readonly hold: Hold }[] = [];
  readonly #callsAtOnce: ReadonlyMap<ClientName | 'firehose', number>;
  readonly #stopLoad = new AbortController();
  readonly #stop = new AbortController();
  readonly #reportNs: number;
  #following: Promise<unknown> = Promise.resolve();
  #working = false;

  constructor(assignment: Assignment, clients: FleetClients, clock: Clock) {
    const { plan, seed, run, role, own, share, shares } = assignment;
    this.#reportNs = assignment.reportNs;
    const mine = <F>(agents: readonly Agent<F>[]) =>
      shareOf(own ? agents.filter(({ index }) => own.includes(index)) : agents, share, shares);
    const producers = role === 'produce' ? mine(producersOf(plan)) : [];
    const consumers = role === 'consume' ? mine(consumersOf(plan)) : [];
    const recorder = new Recorder(assignment.binNs, assignment.plant && (() => new MiscorrectedHistogram()));
    const timeline = new Timeline(plan.phases);
    this.#context = {
      clock,
      clients,
      recorder,
      errors: new ErrorTally(),
      attempts: new AttemptLog(),
      timeline,
      pairing: new Pairing(plan, consumers, recorder, timeline),
      run,
      seed,
      streams: new Map(assignment.streams),
      deliveries: new Map(assignment.deliveries),
      folder: assignment.folder,
      consumerArns: assignment.consumerArns ?? [],
      unnamed: unnamedOf(plan),
      sendLogs: assignment.sendLogs.map((buffer) => buffer && new SendLog(buffer)),
    };
    for (const agent of producers) {
      const producer = new Producer(agent, this.#context);
      this.#producers.push({ index: agent.index, producer });
      this.#holds.push({ fleet: agent.fleet.name, agent: agent.agent, hold: producer.hold });
    }
    for (const agent of consumers) {
      const consumer = consumerOf(agent, this.#context);
      this.#consumers.push({ index: agent.index, consumer });
      this.#holds.push({ fleet: agent.fleet.name, agent: agent.agent, hold: consumer.hold });
    }
    this.#callsAtOnce = callsAtOnce(producers, consumers, this.#context.streams);
  }

  /** Fleets that have agents in it. */
  get fleets(): readonly string[] {
    return [...new Set(this.#holds.map(({ fleet }) => fleet))];
  }

  get timeline(): Timeline {
    return this.#context.timeline;
  }

  async prepare(): Promise<string | null> {
    for (const { consumer } of this.#consumers) {
      const refused = await consumer.prepare(this.#stop.signal);
      if (refused !== null) return refused;
    }
    for (const [client, calls] of this.#callsAtOnce) await this.#context.clients[client]!.open(calls);
    return null;
  }

  async work(startNs: number): Promise<void> {
    this.#working = true;
    this.#context.timeline.begin(startNs);
    this.#context.recorder.startNs = startNs;
    this.#following = Promise.all([
      this.#report(),
      ...this.#consumers.map(({ consumer }) => consumer.run(this.#stop.signal)),
    ]);
    this.#following.catch(() => {});
    const load = Promise.all(this.#producers.map(({ producer }) => producer.run(this.#stopLoad.signal)));
    const reading = this.#following.then(() => new Promise<never>(() => {}));
    // A defect in an agent must end the work at once, not at the end of the run.
    const { clock, timeline } = this.#context;
    await Promise.race([load.then(() => clock.sleepUntil(timeline.loadEndNs, this.#stopLoad.signal)), reading]);
    // Whoever waits for the drain must know what was acknowledged to the very last.
    this.#send();
  }

  stopLoad(): void {
    this.#stopLoad.abort();
    // What consumers begin while they are prepared lasts as long as they do, not as the load.
    if (!this.#working) this.#stop.abort();
  }

  async control({ kind, fleet, agent }: FleetCommand): Promise<void> {
    for (const each of this.#holds)
      if (each.fleet === fleet && (agent === null || each.agent === agent)) each.hold.apply(kind);
  }

  async finish(): Promise<CrewFinish> {
    this.#stopLoad.abort();
    this.#stop.abort();
    await this.#following;
    this.#send();
    return {
      producers: this.#producers.map(({ index, producer }) => ({ index, sent: producer.history.export() })),
      consumers: this.#consumers.map(({ index, consumer }) => ({
        index,
        reader: consumer.reader.export(),
        backup: consumer.backup?.export(),
        sums: consumer.sums,
      })),
      pairs: this.#context.pairing.export(),
      errors: this.#context.errors.kinds,
      attempts: this.#context.attempts.export(),
      watched: this.#consumers.flatMap(({ consumer }) => consumer.watched ?? []),
    };
  }

  async #report(): Promise<void> {
    const { clock, timeline } = this.#context;
    while (!this.#stop.signal.aborted) {
      const nowNs = clock.monotonicNs();
      // A drain ends by what is reported.
      const nextNs = Math.max(Math.min(nowNs + this.#reportNs, timeline.loadEndNs), nowNs + REPORT_NS);
      await clock.sleepUntil(nextNs, this.#stop.signal);
      this.#send();
    }
  }

  #send(): void {
    this.onReport({
      snapshot: this.#context.recorder.snapshot(),
      acknowledged: this.#producers.map(({ index, producer }) => [index, producer.acknowledged] as const),
      received: this.#consumers.map(
        ({ index, consumer }) => [index, consumer.accounted ?? consumer.reader.distinct] as const,
      ),
    });
  }
}
