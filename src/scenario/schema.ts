/**
 * The shape of a scenario file as a zod schema, checked against the interface. It knows keys, types and closed words; what a
 * value means, and whether it fits the others, is for the second pass. Descriptions and examples are for editors, which
 * read them from the JSON schema made of this.
 */
import { z } from 'zod';
import { clientNames, verifyNames } from './plan.ts';
import { type JsonValue, rowFormats } from './put-plan.ts';
import { deliveryStream, existingDelivery, lambda, parquet, watcher } from './delivery-schema.ts';
import { firehoseOperations } from './delivery-plan.ts';
import type { Scenario } from './scenario.ts';
import { count, text, words, written } from './schema-terms.ts';

const stream = text('Alias of the stream; may be left out where there is only one').exactOptional();
const agents = (description: string) => count(description, 10_000).exactOptional();
const pacing = words(
  ['timer', 'precise'],
  'How due times are kept: by timers, about a millisecond late, or precisely, at the price of a core. Default timer',
).exactOptional();
const timeout = written('After which a call is given up and counted as a timeout. Default 10s', '10s').exactOptional();

const client = words(
  clientNames,
  'What calls are made with: the client of kinebench, or the AWS SDK as it comes with one attempt. Default wire',
).exactOptional();

const when = text('The fleet may be missing where this does not hold, and the run answers its question all the same')
  .meta({ examples: ['target.has(fan-out)'] })
  .exactOptional();

const createdStream = z
  .strictObject({
    shards: count('Open shards from the start; left out with mode: on-demand', 10_000).exactOptional(),
    retention: written('How long records stay readable, 24h to 8760h. Default 24h', '24h').exactOptional(),
    mode: words(
      ['provisioned', 'on-demand'],
      'Who decides on the number of shards: you, or the service by what is written. Default provisioned',
    ).exactOptional(),
    'max-record-size': written(
      'Data and key of a record at the most, 1 MiB to 10 MiB. Default 1 MiB',
      '10 MiB',
    ).exactOptional(),
  })
  .meta({ description: 'A stream made for the run and removed after it' });

const existingStream = z
  .strictObject({ use: text('Name or ARN of the stream') })
  .meta({ description: 'An existing stream: never altered, never deleted' });

const stage = z.strictObject({
  for: written('Length of the stage', '10s'),
  at: written('The rate; with `to`, where the ramp begins', '500 records/s').exactOptional(),
  to: written('Where the ramp ends; it begins where the stage before ended', '1500 records/s').exactOptional(),
});

const stagedRate = z
  .strictObject({
    stages: z.array(stage).min(1),
    share: words(['total', 'each'], 'Rates of the whole fleet, or of every agent').exactOptional(),
  })
  .meta({ description: 'A rate that changes; the last stage goes on until the end' });

const gathering = z
  .strictObject({
    records: count('Records of a call at the most. Default 500', 500).exactOptional(),
    bytes: written('Data and keys of a call at the most. Default 5 MiB', '1 MiB').exactOptional(),
    linger: written('How long a record waits for others at the most. Default 100ms', '100ms').exactOptional(),
  })
  .meta({
    description: 'Records fall due one by one; a call leaves when it is full, or its oldest record has lingered',
  });

const retryNames = words(
  ['none', 'sdk', 'kpl'],
  'none: one attempt; sdk: the whole call again; kpl: failed records again',
);

const retry = z.strictObject({
  policy: retryNames,
  attempts: count('sdk: attempts of one call at the most. Default 3', 100).exactOptional(),
  'rate-limit': written('kpl: share of a shard that one agent sends at the most. Default 150%', '150%').exactOptional(),
  'time-to-live': written('kpl: after which a record is given up. Default 30s', '30s').exactOptional(),
});

const aggregation = z
  .strictObject({
    records: count('User records in one record of the stream at the most. Default 10000', 100_000).exactOptional(),
    bytes: written('Bytes of a record of the stream at the most. Default 50 KiB', '50 KiB').exactOptional(),
  })
  .meta({ description: "User records put together in the KPL's format" });
const bursts = z.strictObject({
  of: written('Records or calls that are due at once', '500 records'),
  every: written('From one burst to the next; the first is at the start', '10s'),
});

const burstRate = z
  .strictObject({
    bursts,
    between: written('What goes on between the bursts. Default nothing', '10 records/s').exactOptional(),
    share: words(['total', 'each'], 'Numbers of the whole fleet, or of every agent').exactOptional(),
  })
  .meta({ description: 'So much at once, again and again' });

const scheduledRate = z
  .strictObject({
    file: text('Path from the scenario’s folder: lines of a time, and a number of calls where it is not 1'),
  })
  .meta({ description: 'A schedule that names every time' });

const jsonValue: z.ZodType<JsonValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(jsonValue), z.record(z.string(), jsonValue)]),
);

const jsonData = z
  .strictObject({
    json: z
      .record(z.string(), jsonValue)
      .meta({ description: 'The text of each record, with placeholders', examples: [{ id: '{id}', n: '{counter}' }] }),
  })
  .meta({ description: 'A JSON text for each record' });

const textData = z
  .strictObject({
    text: text('A text with placeholders for each record, such as a line of CSV').meta({
      examples: ['{id},{float(10, 30)},{time}'],
    }),
  })
  .meta({ description: 'A text for each record' });

const dataFile = z
  .strictObject({
    file: text('Path from the scenario’s folder'),
    format: words(rowFormats, 'Default by the ending: jsonl, csv, else lines').exactOptional(),
    time: text('Field that says when a row is due; the fleet then has no rate').exactOptional(),
    speed: z.number().meta({ description: 'The file’s time goes so many times as fast. Default 1' }).exactOptional(),
    loop: z.boolean().meta({ description: 'Begins anew at its end. Default false' }).exactOptional(),
  })
  .meta({ description: 'Rows of a data set, put as they are' });

const identify = z.union([
  words(['tag', 'sequence-number'], 'How the ledger tells records apart. Default tag, of files sequence-number'),
  z.strictObject({ field: text('Field whose value is a record’s own') }),
]);

const producer = z
  .strictObject({
    when,
    produce: words(
      ['PutRecord', 'PutRecords', ...firehoseOperations],
      'The operation: of Kinesis, or of Data Firehose',
    ),
    stream,
    to: text('Firehose: alias of the delivery stream; may be left out where there is only one').exactOptional(),
    agents: agents('Identical producers. Default 1'),
    rate: z
      .union([
        written(
          'Offered load: records, calls, B, KiB or MiB a second (/s) or minute (/min), then total or each',
          '1000 records/s total',
        ),
        stagedRate,
        burstRate,
        scheduledRate,
      ])
      .exactOptional(),
    arrivals: words(['poisson', 'uniform'], 'When calls are due. Default poisson').exactOptional(),
    pacing,
    batch: z.union([count('Records a call, for PutRecords', 500), gathering]).exactOptional(),
    retry: z.union([retryNames, retry]).exactOptional(),
    chain: z
      .boolean()
      .meta({ description: 'Puts of one key follow one another, by SequenceNumberForOrdering. Default false' })
      .exactOptional(),
    aggregate: aggregation.exactOptional(),
    dropped: z
      .boolean()
      .meta({ description: 'Firehose: the function drops these records, and none may be delivered. Default false' })
      .exactOptional(),
    record: z.strictObject({
      size: written('Bytes of data, random or zeros: `1 KiB` or `uniform(100 B, 2 KiB)`', '1 KiB').exactOptional(),
      key: text('uniform(n), round-robin(n), zipf(s, n), hot(x%, y%, n) or shard(i); of rows also field(name)')
        .meta({
          examples: ['uniform(1000)', 'zipf(1.1)', 'hot(1%, 90%)', 'round-robin(10)', 'shard(0)', 'field(user)'],
        })
        .exactOptional(),
      data: z
        .union([words(['random', 'zeros'], 'What is in the records. Default random'), jsonData, dataFile, textData])
        .exactOptional(),
    }),
    identify: identify.exactOptional(),
    late: words(
      ['skip', 'queue'],
      'What happens to a call that is due while too many are open. Default queue',
    ).exactOptional(),
    'in-flight': count('Open calls of one agent at the most. Default 64', 100_000).exactOptional(),
    connections: count(
      'Calls of one agent on the wire at once at the most. Default no cap of its own',
      10_000,
    ).exactOptional(),
    waiting: count(
      'With late: queue, calls of one agent that wait at the most; what is due beyond is skipped. Default 1000',
      1_000_000,
    ).exactOptional(),
    timeout,
    client,
  })
  .meta({ description: 'A fleet that puts records' });

const consumer = z
  .strictObject({
    when,
    consume: words(['polling', 'fan-out'], 'How it reads: by GetRecords, or pushed to as registered consumers'),
    stream,
    agents: agents('Independent applications, each of which reads every shard. Default 1'),
    from: text('Where reading begins. Default LATEST')
      .meta({ examples: ['LATEST', 'TRIM_HORIZON', 'AT_TIMESTAMP(start - 10s)'] })
      .exactOptional(),
    every: written('Time between two polls of one shard. Default 200ms', '200ms').exactOptional(),
    pacing,
    limit: count('Records a poll at the most. Default 10000', 10_000).exactOptional(),
    idle: words(
      ['always', 'caught-up'],
      'polling: whether every poll waits for its time, or only those of a consumer that has caught up. Default always',
    ).exactOptional(),
    processing: written(
      'polling: what the application does with an answer before it polls again. Default nothing',
      '5ms/record',
    ).exactOptional(),
    checkpoint: written('polling: time between two checkpoints. Default every answer is one', '10s').exactOptional(),
    retry: words(['none', 'sdk'], 'polling: what is done about a poll that is refused. Default none').exactOptional(),
    renew: written(
      'fan-out: age at which a subscription is replaced, or `when-ended`. Default 290s',
      '290s',
    ).exactOptional(),
    slow: written(
      'fan-out: what one agent takes at the most. Default as fast as it comes',
      '500 KiB/s',
    ).exactOptional(),
    timeout,
    client,
  })
  .meta({ description: 'A fleet that reads' });

const loadPhase = z
  .strictObject({
    name: text('Name of the phase'),
    for: written('Length of the phase', '30s'),
    measure: z.boolean().meta({ description: 'Whether it is measured. Default true' }).exactOptional(),
  })
  .meta({ description: 'A span of load' });

const drain = z
  .strictObject({
    name: text('Name of the phase'),
    until: words(['drained'], 'Until consumers have seen all that was acknowledged'),
    within: written('Given up after this time', '30s'),
  })
  .meta({ description: 'Producers stop and consumers read what is left; always the last phase' });

const streamStep = (what: string) => text(`Alias of a stream: ${what}`).exactOptional();
const fleetStep = (what: string) => text(`Name of a fleet: ${what}`).exactOptional();
const destinationStep = (what: string) =>
  text(`A delivery stream, or who watches or receives what it delivers: of its destination, ${what}`).exactOptional();

const step = z
  .strictObject({
    at: written('From the start of the load; with `in`, from the start of that phase', '20s').exactOptional(),
    in: text('Name of a phase; without `at` its very start').exactOptional(),
    split: streamStep('one of its shards is split, the widest one unless `shard` says which'),
    merge: streamStep('two neighbours become one, the narrowest two unless `shard` names the first'),
    reshard: streamStep('UpdateShardCount, `to` a number of shards'),
    retention: streamStep('its retention is changed, `to` a duration'),
    mode: streamStep('its mode is changed, `to` on-demand or provisioned'),
    pause: fleetStep('it holds still from now on'),
    resume: fleetStep('it goes on'),
    kill: fleetStep('its consumers die, one of them where `agent` says which'),
    start: fleetStep('its killed consumers start again, each from its last checkpoint'),
    down: destinationStep('it answers 503 to what is delivered from now on'),
    up: destinationStep('it takes what is delivered again'),
    arm: text('A fault that the reference is given')
      .meta({ examples: ['log.ack-then-drop'] })
      .exactOptional(),
    disarm: text('The name of a fault that is taken away again').exactOptional(),
    restart: words(['target'], 'The target is ended and started again, where we started it').exactOptional(),
    shard: z.int().min(0).meta({ description: 'Index of an open shard at that time, from 0' }).exactOptional(),
    'hash-key': text('Where a shard is split, decimal. Default: its middle').exactOptional(),
    agent: z.int().min(0).meta({ description: 'Index of an agent in its fleet, from 0' }).exactOptional(),
    to: z.union([text('Where a change leads to'), z.int().min(1)]).exactOptional(),
  })
  .meta({ description: 'One thing done at one time' });

const repeat = z
  .strictObject({
    times: count('How often each run is made', 100),
    interleave: words(['targets', 'nothing'], 'Whether targets take turns. Default targets').exactOptional(),
  })
  .meta({ description: 'Each run is made several times' });

const search = z
  .strictObject({
    parameter: text('Name of the parameter, {name} in other fields'),
    between: text('Where the knee lies').meta({ examples: ['100..5000'] }),
    holds: z.array(z.string().min(1)).min(1).meta({ description: 'What must hold for a value to be low enough' }),
    within: written('How close is close enough. Default 5%', '5%').exactOptional(),
    probes: count('Probes at the most. Default 12', 50).exactOptional(),
    rest: written('Time between two probes. Default 5s', '5s').exactOptional(),
  })
  .meta({ description: 'Runs that close in on the highest value at which something still holds' });

/** Streams, fleets and phases come in two forms each; the keys of either are what an unknown key is compared with. */
export const forms = {
  streams: [createdStream, existingStream],
  delivery: [deliveryStream, existingDelivery],
  lambda: [lambda],
  parquet: [parquet],
  buffer: [deliveryStream.shape.buffer.unwrap()],
  fleets: [producer, consumer, watcher],
  phases: [loadPhase, drain],
  rate: [stagedRate, burstRate, scheduledRate],
  bursts: [bursts],
  stages: [stage],
  record: [producer.shape.record],
  batch: [gathering],
  retry: [retry],
  aggregate: [aggregation],
  data: [jsonData, dataFile, textData],
  steps: [step],
  repeat: [repeat],
  search: [search],
} as const;

/** The schema of a whole file. */
export const scenarioSchema = z
  .strictObject({
    name: text('Names the runs and the report; kebab-case, as the file'),
    question: text('What the scenario answers, as a question'),
    expected: text('What the author expects to see, and what would prove it wrong'),
    streams: z
      .record(z.string(), z.union([createdStream, existingStream]))
      .meta({ description: 'Streams by alias' })
      .exactOptional(),
    delivery: z
      .record(z.string(), z.union([deliveryStream, existingDelivery]))
      .meta({ description: 'Delivery streams of Data Firehose by alias' })
      .exactOptional(),
    fleets: z.record(z.string(), z.union([producer, consumer, watcher])).meta({ description: 'Fleets by name' }),
    pacing,
    phases: z
      .array(z.union([loadPhase, drain]))
      .min(1)
      .meta({ description: 'One after the other' }),
    verify: z
      .array(z.enum(verifyNames))
      .meta({ description: 'What the ledger must prove after the run' })
      .exactOptional(),
    expect: z
      .array(
        z
          .string()
          .min(1)
          .meta({ examples: ['accepted.rate over steady[20s..] = 1000 records/s ± 5%', 'lost = 0'] }),
      )
      .meta({ description: 'What must have been measured, one sentence each' })
      .exactOptional(),
    steps: z.array(step).meta({ description: 'What is done while the load is on' }).exactOptional(),
    matrix: z
      .record(z.string(), z.union([z.string(), z.array(z.union([z.string(), z.number()])).min(1)]))
      .meta({ description: 'One run for each combination of values; {name} stands for one in other fields' })
      .exactOptional(),
    repeat: repeat.exactOptional(),
    search: search.exactOptional(),
    curve: z
      .array(
        z
          .string()
          .min(1)
          .meta({ examples: ['propagation.mean{fleet=readers}'] }),
      )
      .meta({ description: 'Metrics shown over the values of a matrix. Default: those of expect' })
      .exactOptional(),
  })
  .meta({ title: 'kinebench scenario' }) satisfies z.ZodType<Scenario>;

/** The JSON schema for editors, as the text of scenarios/scenario.schema.json. */
export function scenarioJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(scenarioSchema, { io: 'input' }), null, 2)}\n`;
}
