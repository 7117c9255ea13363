/**
 * The reference in this process and on a virtual clock, without sockets: what is slow on a real one (a day of retention, five
 * minutes of an iterator's life) passes in milliseconds, and what is judged on it is repeatable. It verifies signatures by the
 * machine's idea of its own time, and knows a neighbour's account and a temporary key, so that everything can be asked of it.
 */
import { VirtualClock } from '../clock.ts';
import { capabilities, type Capability } from '../protocol/capabilities.ts';
import { createEndpoint, type Endpoint } from '../reference/endpoint.ts';
import { Faults } from '../reference/faults.ts';
import { localLambda, type LambdaHandler } from '../reference/firehose/lambda.ts';
import { latencyNamed } from '../reference/latency.ts';
import { limitsNamed } from '../reference/limits.ts';
import { Random } from '../random.ts';
import { version } from '../package.ts';
export { faultDescriptions } from '../reference/fault-descriptions.ts';
import type { EmbeddedSpec } from './spec.ts';
import { type Credentials, type DeliveryEndpoint, embeddedDelivery } from './target.ts';

/** How long the temporary key is good, in ms from the start of the clock. */
const TEMPORARY_MS = 3_600_000;

/** The table that its delivery streams may convert records by: a bigint `id` and a string `name`. */
const table = { DatabaseName: 'kinebench', TableName: 'rows' } as const;

/** What stands around Data Firehose, in the hand of who judges it. */
export interface Surroundings {
  /** Lets S3 refuse every write with 503, or no longer. */
  readonly setStore: (state: 'up' | 'down') => void;
  /** Gives a Lambda function its name, and gives its ARN. */
  readonly setFunction: (name: string, handler: LambdaHandler) => string;
  /** A cluster of Redshift. */
  readonly cluster: {
    /** As JDBC names it. */
    readonly url: string;
    /** Lets it answer nobody, or no longer. */
    readonly setState: (state: 'up' | 'down') => void;
    /** The SQL that it was sent while it was up, in this order; it does whatever it is told. */
    readonly done: readonly string[];
  };
  /** A table with a bigint `id` and a string `name`. */
  readonly table: { readonly DatabaseName: string; readonly TableName: string };
}

/** A reference and everything that is in reach of who runs it. */
export interface VirtualReference {
  readonly clock: VirtualClock;
  readonly description: string;
  readonly region: string;
  readonly capabilities: ReadonlySet<Capability>;
  readonly owner: Credentials;
  /** Keys of another account. */
  readonly neighbour: Credentials & { readonly accountId: string };
  /** Keys of the owner that end. */
  readonly temporary: Credentials & { readonly expiresMs: number };
  readonly handle: Endpoint['handle'];
  /** Where its delivery streams deliver to. */
  readonly delivery: DeliveryEndpoint;
  readonly surroundings: Surroundings;
  /** Crashes and starts again at once. */
  readonly restart: () => void;
  /** Makes an encryption key unusable, or usable again. */
  readonly setKey: Endpoint['keys']['set'];
  /** How often each fault did something. */
  readonly activations: () => Readonly<Record<string, number>>;
  /** From now on, the names of faults that anything asks for, armed or not. */
  readonly watchFaults: () => ReadonlySet<string>;
}

/** Makes one; throws OperatorError for a fault that is none, or a file of limits or latency that cannot be used. */
export function virtualReference(spec: EmbeddedSpec): VirtualReference {
  const clock = new VirtualClock(undefined, { inProcess: true });
  const faults = new Faults(spec.faults);
  const owner = { accessKeyId: 'kinebench', secretAccessKey: 'kinebench' };
  const neighbour = { accessKeyId: 'neighbour', secretAccessKey: 'neighbour', accountId: '210987654321' };
  const expiresMs = clock.now() + TEMPORARY_MS;
  const temporary = { accessKeyId: 'temporary', secretAccessKey: 'temporary', sessionToken: 'token', expiresMs };
  const functions = new Map<string, LambdaHandler>();
  let cluster: 'up' | 'down' = 'up';
  const done: string[] = [];
  const endpoint = createEndpoint({
    ...spec,
    limits: limitsNamed(spec.limits),
    latency: latencyNamed(spec.latency),
    clock,
    faults,
    random: new Random(spec.seed ?? 1),
    // Nobody takes its iterators elsewhere, and the same seed is to give the same bytes.
    incarnation: 1,
    auth: 'verify',
    lambda: { invoke: (...asked) => localLambda(Object.fromEntries(functions)).invoke(...asked) },
    tables: { [`${table.DatabaseName}.${table.TableName}`]: { id: 'bigint', name: 'string' } },
    // Destinations that are spoken to may be made; nobody listens.
    sender: () => Promise.reject(new Error('there are no sockets in process')),
    sql({ text }) {
      if (cluster === 'down') return Promise.reject(new Error('the cluster is down'));
      done.push(text);
      return Promise.resolve();
    },
    keys: [owner, neighbour, temporary],
  });
  const { limits, latency } = spec;
  const with_ = spec.faults.length === 0 ? '' : `, with faults ${spec.faults.join(', ')}`;
  return {
    clock,
    description: `${spec.description ?? spec.name} ${version} in process, on a virtual clock (limits: ${limits}, latency: ${latency}${with_})`,
    region: endpoint.region,
    // Everything there is: no target file has to claim it, and a statement that it could not do would fail its proof.
    capabilities: new Set(capabilities.filter((capability) => capability !== 'throttle' || limits !== 'off')),
    owner,
    neighbour,
    temporary,
    delivery: embeddedDelivery('http://in-process'),
    surroundings: {
      setStore: (state) => {
        endpoint.objects.state = state;
      },
      setFunction(name, handler) {
        functions.set(name, handler);
        return `arn:aws:lambda:${endpoint.region}:${endpoint.accountId}:function:${name}`;
      },
      cluster: {
        url: `jdbc:redshift://kinebench.cluster.${endpoint.region}.redshift.amazonaws.com:5439/dev`,
        setState: (state) => {
          cluster = state;
        },
        done,
      },
      table,
    },
    handle: (request) => endpoint.handle(request),
    restart: () => endpoint.restart(),
    setKey: (...change) => endpoint.keys.set(...change),
    activations: () => faults.activations(),
    watchFaults: () => faults.watch(),
  };
}
