/**
 * The embedded endpoint without sockets: a request in, an answer out, on the clock it was given. Checks stand in the order
 * in which AWS was seen to make them: what request-form.ts looks at, authentication, types, constraints, and then what the
 * operation itself has to say. Everything is decided on arrival; only the answer waits.
 */
import assert from 'node:assert/strict';
import { systemClock, type Clock } from '../clock.ts';
import type { FirehoseInput, FirehoseOperation, FirehoseOutput } from '../protocol/firehose/operations.ts';
import { firehoseShapes } from '../protocol/firehose/shapes.ts';
import type { Input, OperationName, Output } from '../protocol/operations.ts';
import { inputShapes } from '../protocol/shapes.ts';
import { freshSeed, Random } from '../random.ts';
import { s3Handler } from '../s3/handler.ts';
import { ObjectStore } from '../s3/store.ts';
import { admit, streamNamed } from './admission.ts';
import { Authentication, type AuthenticationOptions } from './auth/authentication.ts';
import { Codecs, type Codec } from './codec.ts';
import type { EndpointState } from './endpoint-state.ts';
import { EncryptionKeys, type KeyState } from './encryption-key.ts';
import { Faults, type StreamFaults } from './faults.ts';
import { storeDestination, type Destination } from './firehose/destination.ts';
import { localLambda, type LambdaInvoker } from './firehose/lambda.ts';
import type { FirehoseAnswer } from './firehose/operation.ts';
import { readLoadSql, REDSHIFT_SQL } from './firehose/load-sql.ts';
import { firehoseOperations } from './firehose/operations.ts';
import type { Sender } from './firehose/sender.ts';
import { DeliveryService } from './firehose/service.ts';
import type { SqlRunner } from './firehose/sql.ts';
import { latencyOf, type LatencyChoice } from './latency.ts';
import { limitsOf, quotasOf, type LimitsChoice } from './limits.ts';
import { LogMemory } from './log-memory.ts';
import { Refusal } from './refusal.ts';
import { askedIn, formOf, speaksS3, type Asked } from './request-form.ts';
import { Service, type ServiceOptions } from './service.ts';
import type { Arrival } from './arrival.ts';
import { tablesOf, type TableTexts } from './tables-file.ts';
import { operations } from './streams/operations.ts';
import type { Answer } from './streams/operation.ts';
import { check } from './validation.ts';

/** How an endpoint is set up; everything has a default. */
export interface EndpointOptions extends AuthenticationOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  /** `aws` by default; or figures of one's own. */
  readonly limits?: LimitsChoice;
  /** `none` by default; or figures of one's own. */
  readonly latency?: LatencyChoice;
  readonly faults?: Faults;
  readonly region?: string | undefined;
  readonly accountId?: string | undefined;
  /** How long a stream is CREATING, in ms; 500 by default. */
  readonly createStreamMs?: number | undefined;
  /** How long a stream is UPDATING, in ms; 500 by default. */
  readonly updateStreamMs?: number | undefined;
  /** How long a stream is DELETING, in ms; 500 by default. */
  readonly deleteStreamMs?: number | undefined;
  /** How long a consumer is CREATING, in ms; 500 by default. */
  readonly createConsumerMs?: number | undefined;
  /** How long a consumer is DELETING, in ms; 500 by default. */
  readonly deleteConsumerMs?: number | undefined;
  /** How long a channel is CREATING, in ms; 500 by default. */
  readonly createChannelMs?: number | undefined;
  /** How long a channel is UPDATING, in ms; 500 by default. */
  readonly updateChannelMs?: number | undefined;
  /** How long a channel is DELETING, in ms; 500 by default. */
  readonly deleteChannelMs?: number | undefined;
  /** How long a delivery stream is CREATING, in ms; 500 by default. */
  readonly createDeliveryStreamMs?: number | undefined;
  /** How long a delivery stream is DELETING, in ms; 500 by default. */
  readonly deleteDeliveryStreamMs?: number | undefined;
  /** How long encryption of a delivery stream is ENABLING or DISABLING, in ms; 500 by default. */
  readonly encryptDeliveryStreamMs?: number | undefined;
  /** Where delivery streams and channels write; by default the objects of the endpoint's own S3. */
  readonly destination?: Destination | undefined;
  /** The way of delivery streams to HTTP endpoints and the like; without one such destinations are refused. */
  readonly sender?: Sender | undefined;
  /** The way of delivery streams to Redshift; without one it is refused as a destination. */
  readonly sql?: SqlRunner | undefined;
  /** The SQL that Redshift is sent, as a template (docs/firehose.md); by default a COPY of Redshift. */
  readonly redshiftSql?: string | undefined;
  /** Who invokes the functions of delivery streams (`localLambda`, `lambdaAt`); by default nobody: every invocation fails. */
  readonly lambda?: LambdaInvoker | undefined;
  /** Tables that delivery streams convert records by: types of columns as Hive writes them, in order, by `database.table`. */
  readonly tables?: TableTexts | undefined;
  /** How long a subscription without records is silent at the most, in ms; 5000 by default (assumed). */
  readonly heartbeatMs?: number | undefined;
  /** Encryption keys that cannot be used at first, by the id that requests name; any other key is there and enabled. */
  readonly kmsKeys?: Readonly<Record<string, KeyState>> | undefined;
  /**
   * Tells iterators and tokens of one start from those of another with the same seed, whose streams have the same numbers.
   * By default nobody's choice; with one of your own, two endpoints with equal histories hand out equal strings.
   */
  readonly incarnation?: number | undefined;
  /** The most bytes that records, buffers and objects may take in memory together; no bound by default. A put beyond it fails. */
  readonly memoryBytesMax?: number | undefined;
}

/** A request, whatever carried it. */
export interface EndpointRequest {
  readonly method: string;
  /** With its query string. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The same as they were sent, names and values in turn; tells lines of one name from one line with commas. */
  readonly rawHeaders?: readonly string[];
  readonly body: Uint8Array;
}

/** An answer, whatever will carry it. */
export interface EndpointResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | StreamedBody;
}

/** A body that is made while it is sent. The signal aborts when the peer is gone: whatever makes it then ends at once. */
export type StreamedBody = (signal: AbortSignal) => AsyncIterable<Uint8Array>;

/** Whatever answers requests: what a server needs of an endpoint. */
export interface RequestHandler {
  readonly clock: Clock;
  /** Answers at once where nothing has to be waited for. */
  handle(request: EndpointRequest): EndpointResponse | Promise<EndpointResponse>;
}

/** An endpoint; `handle` never rejects for what a client sends. */
export interface Endpoint extends RequestHandler {
  readonly region: string;
  readonly accountId: string;
  readonly faults: Faults;
  /** Bytes that records, buffers of delivery streams and objects take, and the most they may (infinite when there is no cap). */
  readonly memory: Readonly<Pick<LogMemory, 'bytes' | 'bytesMax'>>;
  /** The encryption keys that cannot be used, and the hand that changes them. */
  readonly keys: Pick<EncryptionKeys, 'states' | 'set'>;
  /** Its S3. */
  readonly objects: ObjectStore;
  /** What it holds now. */
  state(): EndpointState;
  /**
   * What a crash and a new start are to its clients: subscriptions end without a word; records, settings, iterators, tokens and
   * budgets are kept. Connections are the server's to cut.
   */
  restart(): void;
  /** Forgets every stream, delivery stream, bucket, account setting, fault, activation and change of a key; the clock goes on. */
  reset(): void;
}

/** An answer whose body is there at once, as that of every operation but SubscribeToShard is. */
export interface WholeResponse extends EndpointResponse {
  readonly body: Uint8Array;
}

/** Sends a request whose answer is not a stream; rejects when it is one. */
export async function handleWhole(endpoint: Endpoint, request: EndpointRequest): Promise<WholeResponse> {
  const { body, ...answer } = await endpoint.handle(request);
  assert(typeof body !== 'function', 'the answer is a stream');
  return { ...answer, body };
}

const EVENT_STREAM = 'application/vnd.amazon.eventstream';
const nothing = new Uint8Array();

/** An endpoint with no streams. */
export function createEndpoint(options: EndpointOptions = {}): Endpoint {
  const plain = serviceOptionsOf(options);
  const { clock, random } = plain;
  const objects = new ObjectStore(clock, { room: plain.memory });
  const settings: ServiceOptions = { ...plain, destination: options.destination ?? storeDestination(objects) };
  let service = new Service(settings);
  settings.memory.reclaim = () => service.sweep.all({ nowNs: clock.monotonicNs(), nowMs: clock.now() });
  const s3 = s3Handler(objects, { random: random.fork('s3'), signed: options.auth !== 'off' });
  let delivery = deliveryOf(options, service);
  const codecs = new Codecs(service.faults);
  const requestIds = new RequestIds(random.fork('request-id'));
  const { region, accountId, faults } = service.options;
  const home = { caller: { accountId, region }, faults };
  const authentication = {
    kinesis: new Authentication(options, { ...home, service: 'kinesis' }),
    firehose: new Authentication(options, { ...home, service: 'firehose' }),
  };
  const nowhere = faults.at({ stream: undefined });
  return {
    region,
    accountId,
    faults: service.faults,
    clock,
    memory: settings.memory,
    keys: settings.keys,
    objects,
    state() {
      const { bytes, bytesMax } = settings.memory;
      const streams = service.state({ nowNs: clock.monotonicNs(), nowMs: clock.now() });
      return { streams, memory: { bytes, bytesMax: Number.isFinite(bytesMax) ? bytesMax : null } };
    },
    restart() {
      service.restart({ nowNs: clock.monotonicNs(), nowMs: clock.now() });
    },
    reset() {
      delivery.end();
      service.end();
      objects.clear();
      settings.faults.reset();
      settings.keys.reset();
      service = new Service({ ...service.options, incarnation: service.options.incarnation + 1 });
      delivery = deliveryOf(options, service);
    },
    handle(request) {
      if (speaksS3(request)) return s3(request);
      const headers = requestIds.headers(request.headers['origin'] !== undefined);
      const form = formOf(request, codecs);
      if ('status' in form) return { ...form, headers: { ...headers, ...form.headers } };
      const { codec, contentType } = form;
      headers['content-type'] = contentType;
      const asked = askedIn(request, codec, faults);
      if (asked === 'anything') return { status: 200, headers, body: codec.encode({}) };
      if (asked instanceof Refusal) return responseOf(nowhere, asked, codec, headers);
      // Faults that look at what a request holds know the stream that it names, if it names one.
      const placed = faults.some ? faults.at({ stream: nameIn(asked) }) : nowhere;
      const now = { nowNs: clock.monotonicNs(), nowMs: clock.now() };
      const caller = authentication[asked.target.service].admit(request, now.nowMs);
      const answer =
        caller instanceof Refusal ? caller : answerTo(service, delivery, asked, codec, placed, { ...now, caller });
      if (answer.atNs === undefined || answer.atNs <= now.nowNs) return responseOf(placed, answer, codec, headers);
      return clock.sleepUntil(answer.atNs).then(() => responseOf(placed, answer, codec, headers));
    },
  };
}

function responseOf(
  faults: StreamFaults,
  answer: Answer<unknown> | Refusal,
  codec: Codec,
  headers: Record<string, string>,
): EndpointResponse {
  if (answer instanceof Refusal) {
    const { __type, ...rest } = answer.toBody();
    const body = faults.fires('api.type-missing') ? rest : { __type, ...rest };
    return { status: answer.status, headers, body: codec.encode(body) };
  }
  if (!('events' in answer)) return { status: 200, headers, body: bodyOf(answer, codec) };
  headers['content-type'] = EVENT_STREAM;
  return { status: 200, headers, body: answer.events(codec) };
}

function bodyOf(answer: Exclude<Answer<unknown>, { events: unknown }>, codec: Codec): Uint8Array {
  if ('page' in answer) return codec.encodeRecords(answer.page, answer.rest);
  return typeof answer.value === 'object' && answer.value !== null ? codec.encode(answer.value) : nothing;
}

function answerTo(
  service: Service,
  delivery: DeliveryService,
  { target, input }: Asked,
  codec: Codec,
  faults: StreamFaults,
  arrival: Arrival,
): Answer<unknown> | Refusal {
  const shape = target.service === 'kinesis' ? inputShapes[target.operation] : firehoseShapes[target.operation];
  const malformed = check(shape, input, codec.blobs, faults);
  if (malformed) return malformed;
  return target.service === 'kinesis'
    ? run(service, target.operation, input, faults, arrival)
    : runFirehose(delivery, target.operation, input, arrival);
}

/** The stream or delivery stream that a request names. */
function nameIn({ target, input }: Asked): string | undefined {
  if (target.service === 'kinesis') return streamNamed(input);
  const name = input['DeliveryStreamName'];
  return typeof name === 'string' ? name : undefined;
}

/** Every default filled; the endpoint begins now. */
function serviceOptionsOf(options: EndpointOptions): Omit<ServiceOptions, 'destination'> {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? new Random(1);
  options.faults?.begin(clock, random.fork('faults'));
  const limits = limitsOf(options.limits ?? 'aws');
  return {
    clock,
    random,
    limits,
    quotas: quotasOf(limits),
    latency: latencyOf(options.latency ?? 'none'),
    faults: options.faults ?? new Faults(),
    memory: new LogMemory(options.memoryBytesMax),
    keys: new EncryptionKeys(options.kmsKeys ?? {}),
    region: options.region ?? 'us-east-1',
    accountId: options.accountId ?? '000000000000',
    incarnation: options.incarnation ?? freshSeed(),
    createStreamMs: options.createStreamMs ?? 500,
    updateStreamMs: options.updateStreamMs ?? 500,
    deleteStreamMs: options.deleteStreamMs ?? 500,
    createConsumerMs: options.createConsumerMs ?? 500,
    deleteConsumerMs: options.deleteConsumerMs ?? 500,
    createChannelMs: options.createChannelMs ?? 500,
    updateChannelMs: options.updateChannelMs ?? 500,
    deleteChannelMs: options.deleteChannelMs ?? 500,
    heartbeatMs: options.heartbeatMs ?? 5000,
  };
}

/** Data Firehose beside the streams of an endpoint. */
function deliveryOf(options: EndpointOptions, kinesis: Service): DeliveryService {
  return new DeliveryService({
    ...kinesis.options,
    kinesis,
    sender: options.sender,
    sql: options.sql,
    loadSql: readLoadSql(options.redshiftSql ?? REDSHIFT_SQL),
    lambda: options.lambda ?? localLambda({}),
    tables: tablesOf(options.tables ?? {}),
    createDeliveryStreamMs: options.createDeliveryStreamMs ?? 500,
    deleteDeliveryStreamMs: options.deleteDeliveryStreamMs ?? 500,
    encryptDeliveryStreamMs: options.encryptDeliveryStreamMs ?? 500,
  });
}

/** Runs an operation on a request whose shape has just been checked. */
function run<O extends OperationName>(
  service: Service,
  operation: O,
  input: object,
  faults: StreamFaults,
  arrival: Arrival,
): Answer<Output<O>> | Refusal {
  assertInput(operation, input);
  service.sweep.step(arrival);
  const admitted = admit(service, operation, input, faults, arrival);
  return admitted instanceof Refusal ? admitted : operations[operation](service, input, admitted);
}

/** The same for Data Firehose. */
function runFirehose<O extends FirehoseOperation>(
  delivery: DeliveryService,
  operation: O,
  input: object,
  arrival: Arrival,
): FirehoseAnswer<FirehoseOutput<O>> | Refusal {
  assertFirehoseInput(operation, input);
  return delivery.admitControl(operation, arrival) ?? firehoseOperations[operation](delivery, input, arrival);
}

/** The two places where a request is taken for an operation's input: `check` has looked at every member. */
function assertInput<O extends OperationName>(_operation: O, _input: object): asserts _input is Input<O> {}
function assertFirehoseInput<O extends FirehoseOperation>(
  _operation: O,
  _input: object,
): asserts _input is FirehoseInput<O> {}

/** The headers that every answer carries. */
class RequestIds {
  readonly #random: Random;
  readonly #prefix: string;
  readonly #extended: string;

  constructor(random: Random) {
    this.#random = random;
    this.#prefix = `${hex(random)}-${hex(random).slice(0, 4)}-4${hex(random).slice(0, 3)}-a`;
    this.#extended = Buffer.from(Array.from({ length: 60 }, () => random.below(256))).toString('base64');
  }

  headers(crossOrigin: boolean): Record<string, string> {
    const tail = hex(this.#random);
    const end = hex(this.#random);
    const headers: Record<string, string> = {
      'x-amzn-RequestId': `${this.#prefix}${tail.slice(0, 3)}-${tail}${end.slice(0, 4)}`,
      'x-amz-id-2': `${this.#extended}${tail}${end}`,
    };
    if (crossOrigin) {
      headers['access-control-allow-origin'] = '*';
      headers['access-control-expose-headers'] =
        'x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,Date';
    }
    return headers;
  }
}

/** A byte in hexadecimal; a number above 2^31 is several times slower to write than its four bytes. */
const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex(random: Random): string {
  const bits = random.uint32();
  return `${hexOfByte[bits >>> 24]}${hexOfByte[(bits >>> 16) & 255]}${hexOfByte[(bits >>> 8) & 255]}${hexOfByte[bits & 255]}`;
}
