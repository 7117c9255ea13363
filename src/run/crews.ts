/** The crews of a run: how many threads, who refreshes their keys, how their reports come together. */
import { type Clock, sleepFor } from '../clock.ts';
import type { Assignment, Crew, CrewFinish, CrewReport } from '../fleet/crew.ts';
import { callsWithinMax } from '../fleet/pacer.ts';
import { REMEMBERED_NS, SendLog } from '../fleet/send-log.ts';
import { consumersOf, producersOf } from '../fleet/share.ts';
import { ThreadCrew } from '../fleet/thread.ts';
import type { ThreadCpu } from '../fleet/cpu-meter.ts';
import type { ThreadHealth } from '../fleet/health.ts';
import type { SegmentDoc } from '../result.ts';
import type { Plan, ProduceFleet } from '../scenario/plan.ts';
import type { DeliveryEndpoint, KinesisEndpoint } from '../target/target.ts';
import { isOwn, ownOf } from './segment.ts';

/** Keys are asked of their provider again this often, in ns; a provider gives fresh ones when the old are about to expire. */
const REFRESH_NS = 60_000_000_000;

/** Makes a crew for an assignment: in a thread, or in process for a simulation. */
export type CrewMaker = (assignment: Assignment) => Promise<Crew>;

export interface CrewSet {
  readonly crews: readonly Crew[];
  /** Acknowledged so far, by producer index; received so far, by consumer index. */
  readonly acknowledged: ReadonlyMap<number, number>;
  readonly received: ReadonlyMap<number, number>;
  /** Called with every report, and the number of the crew in `crews`. */
  onReport: (report: CrewReport, crew: number) => void;
}

export async function assemble(
  plan: Plan,
  given: Pick<
    Assignment,
    'seed' | 'run' | 'streams' | 'deliveries' | 'binNs' | 'reportNs' | 'folder' | 'plant' | 'consumerArns'
  > & {
    readonly segment: SegmentDoc | null;
  },
  producingThreads: number,
  make: CrewMaker,
): Promise<CrewSet> {
  const { segment, ...common } = given;
  const producers = ownOf(producersOf(plan), segment).map(({ index }) => index);
  const consumers = ownOf(consumersOf(plan), segment).map(({ index }) => index);
  const sendLogs = producersOf(plan).map(({ fleet, index }) =>
    isOwn(index, segment) ? SendLog.allocate(recordsRemembered(fleet, plan)).buffer : null,
  );
  const shares = Math.max(1, Math.min(producingThreads, producers.length));
  const assignments: Assignment[] = [];
  const produce = { ...common, plan, sendLogs, role: 'produce', own: producers } as const;
  if (producers.length > 0)
    for (let share = 0; share < shares; share += 1) assignments.push({ ...produce, share, shares });
  if (consumers.length > 0) assignments.push({ ...produce, role: 'consume', own: consumers, share: 0, shares: 1 });
  const acknowledged = new Map<number, number>();
  const received = new Map<number, number>();
  const set: CrewSet = { crews: await Promise.all(assignments.map(make)), acknowledged, received, onReport: () => {} };
  for (const [number, crew] of set.crews.entries()) {
    crew.onReport = (report) => {
      for (const [producer, records] of report.acknowledged) acknowledged.set(producer, records);
      for (const [consumer, records] of report.received) received.set(consumer, records);
      set.onReport(report, number);
    };
  }
  return set;
}

/** Records that one agent sends within the time its log goes back: longer where a buffer holds them back. */
function recordsRemembered({ rate, batchRecords, agents, data, stream }: ProduceFleet, plan: Plan): number {
  const buffered = (plan.deliveries ?? []).filter(({ alias, source }) => (source ?? alias) === stream);
  const heldNs = buffered.map(
    ({ intervalNs, processing, retryNs = 0 }) => (processing?.lambda?.intervalNs ?? 0) + intervalNs + retryNs,
  );
  const goesBackNs = Math.max(0, ...heldNs) + (buffered.length > 0 ? outageNs(plan) : 0) + REMEMBERED_NS;
  if (data.kind === 'file' && data.timing) return data.rows / agents;
  return (callsWithinMax(rate, goesBackNs) * batchRecords) / agents;
}

/** For how long S3 is down at once at the most: it is tried again for a day, and what waits is timed when it comes. */
function outageNs({ steps = [], phases }: Plan): number {
  const loadNs = phases.reduce((sum, phase) => sum + (phase.kind === 'timed' ? phase.durationNs : 0), 0);
  const ofS3 = steps.filter(({ action }) => 'delivery' in action);
  return Math.max(
    0,
    ...ofS3.map(({ atNs, action }, index) => (action.kind === 'down' ? (ofS3[index + 1]?.atNs ?? loadNs) - atNs : 0)),
  );
}

/** Crews in worker threads of this process, with their keys kept fresh. */
export class ThreadCrews {
  readonly #endpoint: KinesisEndpoint;
  readonly #delivery: DeliveryEndpoint | undefined;
  readonly #clock: Clock;
  readonly #crews: ThreadCrew[] = [];
  readonly #stop = new AbortController();

  constructor(endpoint: KinesisEndpoint, clock: Clock, delivery?: DeliveryEndpoint) {
    this.#endpoint = endpoint;
    this.#delivery = delivery;
    this.#clock = clock;
    void this.#refresh();
  }

  readonly make: CrewMaker = async (assignment) => {
    const { url, region, ca, transport } = this.#endpoint;
    const delivery = this.#delivery;
    const crew = new ThreadCrew({
      assignment,
      endpoint: { url, region, ca, transport, delivery, credentials: await this.#endpoint.credentials() },
    });
    this.#crews.push(crew);
    return crew;
  };

  /** How the threads fared; complete once all crews are finished. */
  get health(): ThreadHealth[] {
    return this.#crews.flatMap(({ health }) => (health ? [health] : []));
  }

  /** CPU of the threads; complete once all crews are finished. */
  get cpu(): ThreadCpu[] {
    return this.#crews.flatMap(({ cpu }) => (cpu ? [cpu] : []));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#crews.map((crew) => crew.terminate()));
  }

  async #refresh(): Promise<void> {
    for (;;) {
      await sleepFor(this.#clock, REFRESH_NS, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      try {
        const credentials = await this.#endpoint.credentials();
        for (const crew of this.#crews) crew.refresh(credentials);
      } catch {
        // The old keys stay; if they expire, every call says so and is counted.
      }
    }
  }
}

/** What all crews hand over, in the order of the agents' indices. */
export function merged(finishes: readonly CrewFinish[]): CrewFinish {
  const byIndex = <T extends { index: number }>(items: readonly T[]) => [...items].sort((a, b) => a.index - b.index);
  return {
    producers: byIndex(finishes.flatMap(({ producers }) => producers)),
    consumers: byIndex(finishes.flatMap(({ consumers }) => consumers)),
    pairs: finishes.flatMap(({ pairs }) => pairs).filter(({ agents }) => agents > 0),
    errors: finishes.flatMap(({ errors }) => errors),
    attempts: finishes.flatMap(({ attempts }) => attempts),
    watched: finishes.flatMap(({ watched = [] }) => watched),
  };
}
