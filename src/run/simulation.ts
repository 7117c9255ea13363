/**
 * A run on the virtual clock: the same plan, crews and ledger, against an endpoint in this process, with no socket and no
 * thread. Minutes pass in the time that the work itself takes, and the same seed gives the same run.
 */
import { VirtualClock } from '../clock.ts';
import { LocalCrew } from '../fleet/crew.ts';
import { createEndpoint, handleWhole, type Endpoint, type EndpointOptions } from '../reference/endpoint.ts';
import type { Result, ScenarioDoc } from '../result.ts';
import type { RunningTarget } from '../target/target.ts';
import { createClient, type WireClient } from '../wire/client.ts';
import { type Handler, inProcessTransport } from '../wire/in-process.ts';
import { runPlan } from './run.ts';

export interface Simulation {
  readonly scenario: ScenarioDoc;
  readonly seed: number;
  /** Of the reference; its clock is the simulation's. */
  readonly endpoint?: Omit<EndpointOptions, 'clock'>;
  /** Stands between client and endpoint: a stub that delays, stalls or refuses. */
  readonly through?: (handle: Handler, clock: VirtualClock, reference: Endpoint) => Handler;
  /** Done before the run begins: streams that are there already. */
  readonly before?: (client: WireClient, clock: VirtualClock) => Promise<void>;
  /** Stands between agents and client: what a machine does that runs out of something. */
  readonly within?: (client: WireClient) => WireClient;
  readonly stop?: AbortSignal;
  /** Where the machine's own clocks are in question. */
  readonly clock?: VirtualClock;
}

const endpointOf = { url: 'http://reference.invalid', region: 'us-east-1' };
const credentials = async () => ({ accessKeyId: 'kinebench', secretAccessKey: 'kinebench' });

/** Runs a scenario in virtual time and gives its result. */
export async function simulate({
  scenario,
  seed,
  endpoint = {},
  through,
  within,
  before,
  stop,
}: Simulation): Promise<Result> {
  const clock = new VirtualClock();
  const reference = createEndpoint({ ...endpoint, clock });
  const handle: Handler = (request) => handleWhole(reference, request);
  const transport = inProcessTransport(through?.(handle, clock, reference) ?? handle, clock);
  const plain = createClient({ ...endpointOf, credentials }, clock, transport);
  const client = within?.(plain) ?? plain;
  if (before) await clock.runUntilSettled(before(client, clock));
  const target: RunningTarget = {
    name: 'embedded',
    description: 'kinebench reference, in process',
    kinesis: { ...endpointOf, credentials },
    modelled: true,
    capabilities: new Set(['throttle']),
    died: () => null,
    [Symbol.asyncDispose]: async () => {},
  };
  return clock.runUntilSettled(
    runPlan({
      scenario,
      target,
      seed,
      id: 'simulate',
      clock,
      threads: 1,
      stop: stop ?? new AbortController().signal,
      onProgress: () => {},
      inProcess: { client, make: async (assignment) => new LocalCrew(assignment, { wire: client }, clock) },
    }),
  );
}
