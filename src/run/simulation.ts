/**
 * A run on the virtual clock: the same plan, crews and ledger, against an endpoint in this process, with no socket and no
 * thread. Minutes pass in the time that the work itself takes, and the same seed gives the same result, byte for byte: the
 * time of day, the run's id and what a result says of the machine are fixed, everything else follows from plan and seed.
 */
import { dirname } from 'node:path';
import { VirtualClock } from '../clock.ts';
import { LocalCrew } from '../fleet/crew.ts';
import { OperatorError } from '../operator-error.ts';
import { Random } from '../random.ts';
import { createEndpoint, handleWhole, type Endpoint, type EndpointOptions } from '../reference/endpoint.ts';
import { Faults } from '../reference/faults.ts';
import { SendError, type Sender } from '../reference/firehose/sender.ts';
import { lambdaFrom } from '../reference/lambda-functions.ts';
import { latencyNamed } from '../reference/latency.ts';
import { limitsNamed } from '../reference/limits.ts';
import type { Result, ScenarioDoc } from '../result.ts';
import type { EmbeddedSpec } from '../target/spec.ts';
import { embeddedDelivery, type RunningTarget } from '../target/target.ts';
import { createClient, type WireClient } from '../wire/client.ts';
import { createFirehoseClient, type FirehoseClient } from '../wire/firehose-client.ts';
import { inProcessReceivers } from '../wire/in-process-receivers.ts';
import { inProcessObjects } from '../wire/in-process-objects.ts';
import { type Handler, type HandlerRequest, inProcessTransport } from '../wire/in-process.ts';
import type { OnProgress } from './progress.ts';
import { givenFor } from './processing.ts';
import { runPlan } from './run.ts';

/** A simulation is given up after so many wakes of its clock: about a thousand times what a quiet day takes. */
const WAKES_MAX = 1_000_000_000;

export interface Simulation {
  readonly scenario: ScenarioDoc;
  readonly seed: number;
  /** Of the reference; its clock is the simulation's. */
  readonly endpoint?: Omit<EndpointOptions, 'clock'>;
  /** How the result names and describes the target; the reference in process by default. */
  readonly target?: Partial<Pick<RunningTarget, 'name' | 'description' | 'capabilities'>>;
  /** Stands between client and endpoint: a stub that delays, stalls or refuses. */
  readonly through?: (handle: Handler, clock: VirtualClock, reference: Endpoint) => Handler;
  /** Stands between Data Firehose and the receivers that it sends to: what loses or changes something on the way. */
  readonly onTheWay?: (send: Sender) => Sender;
  /** Done before the run begins: streams that are there already. */
  readonly before?: (client: WireClient, clock: VirtualClock, firehose: FirehoseClient) => Promise<void>;
  /** Stands between agents and client: what a machine does that runs out of something. */
  readonly within?: (client: WireClient) => WireClient;
  readonly stop?: AbortSignal;
  readonly onProgress?: OnProgress;
  readonly wakesMax?: number;
  /** Where the machine's own clocks are in question. */
  readonly clock?: VirtualClock;
}

function isSubscription({ headers }: HandlerRequest): boolean {
  return headers['x-amz-target']?.endsWith('.SubscribeToShard') === true;
}

const endpointOf = { url: 'http://reference.invalid', region: 'us-east-1' };
const credentials = async () => ({ accessKeyId: 'kinebench', secretAccessKey: 'kinebench' });

/** Runs a scenario in virtual time and gives its result. Rejects with OperatorError `simulation-endless` after too many wakes. */
export async function simulate(simulation: Simulation): Promise<Result> {
  const { scenario, seed, endpoint = {}, through, within, before, stop, onProgress, wakesMax = WAKES_MAX } = simulation;
  const clock = simulation.clock ?? new VirtualClock(undefined, { inProcess: true });
  const faults = endpoint.faults ?? new Faults();
  const given = givenFor(scenario.plan.deliveries ?? [], dirname(scenario.file ?? '.'));
  const lambda = endpoint.lambda ?? (await lambdaFrom(given.lambdas));
  const receivers = inProcessReceivers();
  const send: Sender = (request) => {
    const answer = receivers.send(request);
    return answer ? Promise.resolve(answer) : Promise.reject(new SendError('connection-failed'));
  };
  const reference = createEndpoint({
    sender: simulation.onTheWay?.(send) ?? send,
    tables: given.tables,
    ...endpoint,
    lambda,
    faults,
    clock,
  });
  const handle: Handler = (request) => handleWhole(reference, request);
  const calls = through?.(handle, clock, reference) ?? handle;
  const transport = inProcessTransport(
    // Subscriptions go by what stands in the way of calls: they are streams.
    (request) => (isSubscription(request) ? reference.handle(request) : calls(request)),
    clock,
  );
  const plain = createClient({ ...endpointOf, credentials }, clock, transport);
  const client = within?.(plain) ?? plain;
  const firehose = createFirehoseClient({ ...endpointOf, credentials }, clock, transport);
  const objects = inProcessObjects(calls);
  if (before) await clock.runUntilSettled(before(client, clock, firehose));
  const target: RunningTarget = {
    name: 'embedded',
    description: 'kinebench reference, in process',
    capabilities: new Set(['throttle', 'fan-out', 'firehose']),
    ...simulation.target,
    kinesis: { ...endpointOf, credentials },
    delivery: embeddedDelivery(endpointOf.url),
    modelled: true,
    arm: async (fault) => faults.arm(fault),
    disarm: async (fault) => faults.disarm(fault),
    setS3: async (state) => void (reference.objects.state = state),
    died: () => null,
    [Symbol.asyncDispose]: async () => {},
  };
  const run = runPlan({
    scenario,
    target,
    seed,
    id: 'simulate',
    clock,
    threads: 1,
    stop: stop ?? new AbortController().signal,
    onProgress: onProgress ?? (() => {}),
    inProcess: {
      client,
      delivery: { firehose, objects, receivers },
      make: async (assignment) => new LocalCrew(assignment, { wire: client, firehose, objects, receivers }, clock),
    },
  });
  try {
    return await clock.runUntilSettled(run, wakesMax);
  } catch (error) {
    if (clock.wakes < wakesMax) throw error;
    throw new OperatorError(`the simulation is not over after ${wakesMax} wakes of its clock`, {
      code: 'simulation-endless',
      hint: 'shorten its phases or lower its rates; virtual time is cheap, not free',
    });
  }
}

/** What `kinebench run --simulate` needs of the target file of an embedded reference. Throws OperatorError for a fault that is none. */
export function simulatedReference(spec: EmbeddedSpec, seed: number): Pick<Simulation, 'endpoint' | 'target'> {
  const { limits, latency, accountId, region, faults: names } = spec;
  const { createStreamMs, updateStreamMs, deleteStreamMs, createConsumerMs, deleteConsumerMs, heartbeatMs } = spec;
  const faults = names.length === 0 ? '' : `, with faults ${names.join(', ')}`;
  return {
    endpoint: {
      limits: limitsNamed(limits),
      latency: latencyNamed(latency),
      faults: new Faults(names),
      random: new Random(spec.seed ?? seed).fork('reference'),
      region,
      accountId,
      createStreamMs,
      updateStreamMs,
      deleteStreamMs,
      createConsumerMs,
      deleteConsumerMs,
      heartbeatMs,
    },
    target: {
      name: spec.name,
      description: `${spec.description ?? spec.name}, simulated (limits: ${limits}, latency: ${latency}${faults})`,
      capabilities: new Set(spec.capabilities.filter((capability) => capability !== 'throttle' || limits !== 'off')),
    },
  };
}
