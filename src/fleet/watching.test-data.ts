/** A delivery stream, who watches it and all that a watcher works with, without an endpoint: for the tests of watchers. */
import type { Clock } from '../clock.ts';
import { Recorder } from '../measure/recorder.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { WatchFleet } from '../scenario/plan.ts';
import { writeTag } from '../verify/record-tag.ts';
import type { ObjectSource } from '../wire/object-source.ts';
import { AttemptLog } from './attempt-log.ts';
import type { DeliveryPlace, FleetContext } from './context.ts';
import { ErrorTally } from './error-tally.ts';
import { Pairing } from './pairing.ts';
import { SendLog } from './send-log.ts';
import { type Agent, consumersOf } from './share.ts';
import { Timeline } from './timeline.ts';
import { WatchBooks } from './watch-books.ts';

const RUN = 'r0000001';
export const MIB = 2 ** 20;

const { plan } = parseScenario(
  `
name: watched
question: What is it taken for?
expected: What it is.
delivery: { sink: { destination: s3, buffer: { size: 1 MiB, interval: 60s } } }
fleets:
  writers: { produce: Firehose.PutRecord, rate: 1 records/s, record: { size: 1 KiB } }
  watcher: { watch: s3, every: 1s }
phases:
  - { name: steady, for: 60s }
  - { name: drain, until: drained, within: 90s }
`,
  { file: 'watched.yaml' },
);

/** The buffer has 1 MiB or is 60 s old. */
const place: DeliveryPlace = {
  plan: plan.deliveries![0]!,
  name: 'sink',
  bucket: 'lake',
  prefix: 'p/',
  form: { framing: 'tagged', feeds: 'none', original: { kind: 'same' } },
  errorPrefix: null,
  sinceMs: null,
};

/** A record, with its number as the time at which it was due, ns. */
export function record(counter: number, bytes = 1024): Buffer {
  const data = Buffer.alloc(bytes);
  writeTag(data, RUN, { producer: 0, counter, dueNs: counter, key: 0 });
  return data;
}

/** Who watches, whose records were all sent at 0. @param change what is otherwise at the place where they are delivered */
export function watching(clock: Clock, objects?: ObjectSource, change: Partial<DeliveryPlace> = {}) {
  const timeline = new Timeline(plan.phases);
  const sink = { ...place, ...change };
  const recorder = new Recorder(1e9);
  const [agent] = consumersOf(plan) as Agent<WatchFleet>[];
  const sendLogs = [SendLog.allocate(2048)];
  for (let counter = 0; counter < 1025; counter += 1) sendLogs[0]!.sent(counter, 0);
  const context: FleetContext = {
    clock,
    clients: objects ? { objects } : {},
    recorder,
    errors: new ErrorTally(),
    attempts: new AttemptLog(),
    timeline,
    run: RUN,
    seed: 1,
    streams: new Map(),
    deliveries: new Map([['sink', sink]]),
    folder: '.',
    unnamed: new Map(),
    pairing: new Pairing(plan, [], recorder, timeline),
    consumerArns: [],
    sendLogs,
  };
  return { agent: agent!, context, books: new WatchBooks(agent!, context, sink) };
}

/** So many bytes of records of 1 KiB, the last one smaller where they do not come out even. */
export function recordsOf(bytes: number): Buffer {
  const whole = Array.from({ length: Math.floor(bytes / 1024) }, (_, counter) => record(counter));
  const rest = bytes % 1024;
  return Buffer.concat(rest === 0 ? whole : [...whole, record(whole.length, rest)]);
}
