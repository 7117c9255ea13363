/** What a scenario says of Data Firehose: what it becomes, and what is refused in which words. */
import { describe, expect, test } from 'vitest';
import { parseScenario } from './parse.ts';

const base = `name: s
question: q
expected: e
delivery:
  sink: { destination: s3, buffer: { size: 5 MiB, interval: 60s } }
fleets:
  writers: { produce: Firehose.PutRecord, rate: 10 records/s, record: { size: 1 KiB } }
  watcher: { watch: s3, every: 500ms }
phases:
  - { name: steady, for: 60s }
  - { name: drain, until: drained, within: 90s }
`;
const withLine = (old: string, line: string) => base.replace(new RegExp(`^ *${old}.*$`, 'm'), line);
const sink = (text: string) => withLine('sink', `  sink: ${text}`);
const received = (destination: string) =>
  sink(`{ destination: ${destination} }`)
    .replace(/watch: s3, every: 500ms/, `watch: ${destination.split(',')[0]!}`)
    .replace('within: 90s', 'within: 6m');
const documents = (destination: string) =>
  received(destination).replace('record: { size: 1 KiB }', "record: { data: { json: { id: '{id}' } } }");
const writers = (text: string) => withLine('writers', `  writers: { rate: 10 records/s, ${text} }`);

function planOf(text: string) {
  return parseScenario(text, { file: 's.yaml' }).plan;
}

function faultsOf(text: string): string[] {
  try {
    planOf(text);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

describe('resolved', () => {
  test('defaults, and aliases where there is only one', () => {
    const { deliveries, fleets, streams } = planOf(sink('{ destination: s3 }').replace('within: 90s', 'within: 6m'));
    expect(streams).toEqual([]);
    expect(deliveries).toEqual([
      {
        alias: 'sink',
        source: null,
        destination: 's3',
        bufferBytes: 5 * 2 ** 20,
        intervalNs: 300e9,
        compression: 'none',
        prefix: '',
      },
    ]);
    expect(fleets[0]).toMatchObject({ operation: 'Firehose.PutRecord', stream: 'sink', batchRecords: 1 });
    expect(fleets[1]).toMatchObject({ method: 'watch', stream: 'sink', delivery: 'sink', everyNs: 500e6 });
  });

  test('a rate in bytes counts data alone: there are no keys', () => {
    const { fleets } = planOf(base.replace('10 records/s', '10 KiB/s'));
    expect(fleets[0]).toMatchObject({ rate: { stages: [{ fromCallsPerS: 10 }] } });
  });

  test('a watcher of what a stream is the source of waits for what is put into that stream', () => {
    const { deliveries, fleets } = planOf(
      sink('{ destination: s3, source: events, buffer: { size: 1 MiB, interval: 60s } }')
        .replace('delivery:', 'streams: { events: { shards: 1 } }\ndelivery:')
        .replace('Firehose.PutRecord', 'PutRecord')
        .replace('1 KiB', '1 KiB, key: uniform(10)'),
    );
    expect(deliveries![0]!.source).toBe('events');
    expect(fleets[1]).toMatchObject({ stream: 'events', delivery: 'sink' });
  });

  test('a receiver has the bounds of its destination, is told when something comes, and can be down', () => {
    const { deliveries, fleets, steps } = planOf(
      `${sink('{ destination: splunk, retry: 2h }').replace('{ watch: s3, every: 500ms }', '{ watch: splunk }')}steps: [{ at: 1s, down: watcher }, { at: 2s, up: watcher }]\n`,
    );
    expect(deliveries![0]).toMatchObject({ destination: 'splunk', intervalNs: 60e9, retryNs: 7200e9 });
    expect(fleets[1]).toMatchObject({ method: 'watch', everyNs: 0 });
    expect(steps!.map(({ action }) => action)).toEqual([
      { kind: 'down', fleet: 'watcher', agent: null },
      { kind: 'up', fleet: 'watcher', agent: null },
    ]);
  });

  test('S3 can be down, named by the delivery stream or by who watches it', () => {
    const { steps } = planOf(`${base}steps: [{ at: 1s, down: watcher }, { at: 2s, up: sink }]\n`);
    expect(steps!.map(({ action }) => action)).toEqual([
      { kind: 'down', delivery: 'sink' },
      { kind: 'up', delivery: 'sink' },
    ]);
    const toHttp = sink('{ destination: http, buffer: { interval: 60s } }').replace(
      '{ watch: s3, every: 500ms }',
      '{ watch: http }',
    );
    const [step] = planOf(`${toHttp}steps: [{ at: 1s, down: sink }]\n`).steps!;
    expect(step!.action).toEqual({ kind: 'down', fleet: 'watcher', agent: null });
  });

  test('a cluster has an index, by its alias and by days unless said, is asked at intervals, and can be down where the run is it', () => {
    const { deliveries, fleets, steps } = planOf(
      `${documents('opensearch').replace('watch: opensearch', 'watch: opensearch, every: 2s')}steps: [{ at: 1s, down: watcher }, { at: 2s, up: watcher }, { at: 3s, pause: watcher }]\n`,
    );
    expect(deliveries![0]).toMatchObject({ intervalNs: 300e9, retryNs: 300e9, compression: 'none' });
    expect(deliveries![0]!.search).toEqual({ index: 'sink', rotation: 'day' });
    expect(fleets[1]).toMatchObject({ method: 'watch', everyNs: 2e9 });
    expect(steps).toHaveLength(3);
    const written = documents('opensearch, index: logs_1, rotation: none, cluster: "http://127.0.0.1:9200/"');
    expect(planOf(written).deliveries![0]!.search).toEqual({
      index: 'logs_1',
      rotation: 'none',
      cluster: 'http://127.0.0.1:9200',
    });
  });

  test('a function may stand before a receiver, with what is sent as large as its destination takes', () => {
    const texts = "record: { data: { text: '{id}\\n' } }";
    const written = received('http, lambda: csv-to-json, delimiter: true').replace('record: { size: 1 KiB }', texts);
    const { deliveries } = planOf(written.replace('within: 6m', 'within: 7m'));
    expect(deliveries![0]).toMatchObject({ destination: 'http', bufferBytes: 5 * 2 ** 20, retryNs: 300e9 });
    expect(deliveries![0]!.processing).toMatchObject({ lambda: { function: 'csv-to-json' }, delimiter: true });
  });

  test('a plan without delivery streams says nothing of them: its hash is what it was', () => {
    const plain = `name: s\nquestion: q\nexpected: e\nstreams: { a: { shards: 1 } }\nfleets:\n  r: { consume: polling }\nphases:\n  - { name: p, for: 1s }\n`;
    expect(Object.keys(planOf(plain))).not.toContain('deliveries');
  });
});

describe('the cause alone is told', () => {
  const batches = 'batch: 10, record: { size: 1 KiB }';
  const streams = base.replace('delivery:', 'streams: { events: { shards: 1 } }\ndelivery:');
  const reader = streams.replace('fleets:', 'fleets:\n  readers: { consume: polling, stream: event }');
  test.each([
    ['of another sink', base.replace('rate: 10', 'to: sinc, rate: 10'), 'there is no delivery stream "sinc"'],
    [
      'of another sink to watch',
      base.replace('watch: s3', 'watch: s3, of: sinc'),
      'there is no delivery stream "sinc"',
    ],
    ['of an operation', base.replace('Firehose', 'firehose'), '"firehose.PutRecord" is not known here'],
    [
      'of one to a sink',
      writers(`produce: firehose.PutRecordBatch, to: sink, ${batches}`),
      'PutRecordBatch" is not known',
    ],
    ['of a Kinesis one', writers(`produce: Firehose.PutRecords, ${batches}`), '"Firehose.PutRecords" is not known'],
    ['of another stream', reader, 'there is no stream "event"'],
  ])('%s', (_what, text, cause) => {
    expect(faultsOf(text)).toEqual([expect.stringContaining(cause)]);
  });
});

describe('refused', () => {
  const parquet = 'parquet: { columns: { a: string } }';
  const texts = (data: string) => writers(`produce: Firehose.PutRecord, record: { data: ${data} }`);
  const judged = (more: string) =>
    `${sink(`{ destination: s3, ${more} }`)}verify: [immutability]\n`.replace(
      'record: { size: 1 KiB }',
      `record: { data: { json: { id: '{id}', n: '{float(0, 1)}' } } }`,
    );
  const large = 'produce: Firehose.PutRecordBatch, batch: 500';
  test.each([
    ['a destination', sink('{ destination: s4 }'), '"s4" is not known here'],
    [
      'a key',
      sink('{ destination: s3, bufer: { size: 5 MiB } }'),
      '"bufer" is not a key of sink — did you mean buffer?',
    ],
    ['a key of the buffer', sink('{ destination: s3, buffer: { sise: 5 MiB } }'), 'did you mean size?'],
    ['a compression', sink('{ destination: s3, compression: gzp }'), 'did you mean gzip?'],
    ['half a mebibyte', sink('{ destination: s3, buffer: { size: 512 KiB } }'), 'no buffer has 512 KiB — whole MiB'],
    ['a long interval', sink('{ destination: s3, buffer: { interval: 16m } }'), 'no buffer waits for 16m'],
    ['no such stream', sink('{ destination: s3, source: event }'), 'there is no stream "event"'],
    ['another sink', base.replace('rate: 10', 'to: sinc, rate: 10'), '"sinc" — did you mean sink?'],
    ['another sink to watch', base.replace('watch: s3', 'watch: s3, of: sinc'), '"sinc" — did you mean sink?'],
    [
      'an operation',
      base.replace('Firehose.PutRecord', 'Firehose.PutRecords'),
      '"Firehose.PutRecords" is not known here',
    ],
    ['keys', writers('produce: Firehose.PutRecord, record: { size: 1 KiB, key: uniform(10) }'), 'no partition keys'],
    [
      'to in a Kinesis fleet',
      writers('produce: PutRecord, to: sink, record: { size: 1 KiB, key: uniform(1) }'),
      'puts into a stream',
    ],
    [
      'no key for Kinesis',
      writers('produce: PutRecord, record: { size: 1 KiB }'),
      'key is missing — add key: to record',
    ],
    [
      'a batch of one',
      writers('produce: Firehose.PutRecord, batch: 4, record: { size: 1 KiB }'),
      'takes one record a call',
    ],
    ['too large a call', writers(`${large}, record: { size: 16 KiB }`), 'the service takes 4194304 — batch: 256'],
    ['too large a record', writers('produce: Firehose.PutRecord, record: { size: 1 MiB }'), 'the stream takes 1024000'],
    [
      'rows that nothing tells apart',
      writers('produce: Firehose.PutRecord, record: { data: { file: a.jsonl } }'),
      'these records carry no tag by which they are followed',
    ],
    [
      'partitions where there are none',
      `${base.replace(/^verify:.*\n/m, '')}verify: [partitions]\n`,
      'no record says itself in which partition it must stand',
    ],
    [
      'a sequence number',
      writers('produce: Firehose.PutRecord, identify: sequence-number, record: { size: 8 B }'),
      'what is delivered has no sequence number',
    ],
    ['a line without an end', texts("{ text: 'a {id}' }"), 'where a record of writers ends does not show in an object'],
    ['bytes to Parquet', sink('{ destination: s3, parquet: { columns: { a: string } } }'), 'these records are bytes'],
    ['no function', sink('{ destination: s3, lambda: a b }'), '"a b" names no function'],
    ['a small buffer of rows', sink(`{ destination: s3, buffer: { size: 5 MiB }, ${parquet} }`), 'has 64 MiB or more'],
    ['gzip and Parquet', sink(`{ destination: s3, compression: gzip, ${parquet} }`), 'compresses inside its files'],
    ['a prefix without its key', sink('{ destination: s3, prefix: a/, partition: { k: .k } }'), 'the partition key k'],
    ['a key of Parquet', sink('{ destination: s3, parquet: { colums: { a: string } } }'), 'did you mean columns?'],
    ['a key of a function', sink('{ destination: s3, lambda: { functio: f } }'), 'did you mean function?'],
    [
      'an existing one with a buffer',
      sink('{ use: theirs, buffer: { size: 5 MiB } }'),
      '"buffer" is not a key of sink',
    ],
    ['an original without fields', sink('{ destination: s3, original: abc }'), 'no field stands in this text'],
    [
      'records that nothing drops',
      texts("{ text: '{id}\\n' }, dropped: true").replace('}, dropped: true }', '} }, dropped: true'),
      'nothing drops what writers puts',
    ],
    ['immutability through a function', judged('lambda: csv-to-json'), 'cannot be compared with what was put'],
    [
      'immutability through a narrow column',
      judged('parquet: { columns: { id: string, n: float } }'),
      'a column of float does not give n back',
    ],
    ['immutability through a lost column', judged('parquet: { columns: { id: string } }'), 'no column holds n'],
    [
      'a chain',
      writers('produce: Firehose.PutRecord, chain: true, record: { size: 1 KiB }'),
      'SequenceNumberForOrdering',
    ],
    [
      'the KPL',
      writers('produce: Firehose.PutRecord, retry: kpl, record: { size: 1 KiB }'),
      'the KPL puts into streams',
    ],
    ['nobody to watch', base.replace(/^.*watcher.*\n/m, ''), 'no fleet watches where sink delivers'],
    ['nobody to put', base.replace(/^.*writers.*\n/m, ''), 'no fleet puts what sink delivers'],
    ['no drain', base.replace(/^.*drain.*\n/m, ''), 'nobody waits for what sink still buffers'],
    ['a short drain', base.replace('within: 90s', 'within: 60s'), '60s is over before sink must have delivered'],
    [
      'a drain that is over with the last listing',
      base.replace('within: 90s', 'within: 60500ms'),
      'is over before sink must have delivered',
    ],
    ['order', `${base}verify: [order]\n`, 'Data Firehose promises no order'],
    ['a statistic', `${base}expect: [objects.throughput > 1 MiB/s]\n`, 'objects has no statistic "throughput"'],
    ['a metric', `${base}expect: [objects-by-intervall.count > 1]\n`, 'did you mean objects-by-interval?'],
    ['polls of a watcher', `${base}expect: [polls.count > 1]\n`, 'no fleet here has polls'],
    ['another watch', sink('{ destination: http }'), 'sink delivers to http — watch: http'],
    ['a receiver that lists', received('http').replace('watch: http', 'watch: http, every: 1s'), 'told when something'],
    [
      'two receivers',
      received('http').replace('phases:', '  second: { watch: http }\nphases:'),
      'watcher receives what sink sends',
    ],
    ['a large buffer', received('splunk, buffer: { size: 6 MiB }'), 'no buffer has 6 MiB — whole MiB from 1 MiB to 5'],
    ['a long buffer', received('splunk, buffer: { interval: 61s }'), 'whole seconds from 0s to 60s'],
    ['zip for a receiver', received('http, compression: zip'), 'http is not sent zip — none or gzip'],
    ['a prefix of requests', received('http, prefix: a/'), 'what http takes has no key'],
    ['partitions of requests', received('http, partition: { k: .k }'), 'partitions are told by their keys — take it'],
    ['Parquet in requests', received(`splunk, ${parquet}`), 'splunk takes records one by one, and Parquet is a file'],
    [
      'a line without an end in a request',
      received('http').replace('size: 1 KiB', "data: { text: 'a {id}' }"),
      'where a record of writers ends does not show in a request',
    ],
    [
      'watching one that is there for requests',
      received('http').replace(/sink: .*/, 'sink: { use: theirs }'),
      'sink delivers to s3',
    ],
    [
      'bytes as documents',
      received('opensearch'),
      'sink delivers documents, and what writers puts is no object in JSON',
    ],
    [
      'texts as documents',
      documents('opensearch').replace("json: { id: '{id}' }", "text: '{id}\\n'"),
      'what writers puts is no object in JSON',
    ],
    [
      'a list as a document',
      documents('opensearch').replace("json: { id: '{id}' }", "json: ['{id}']"),
      'what writers puts is no object in JSON',
    ],
    [
      'a large buffer of documents',
      documents('opensearch, buffer: { size: 101 MiB }'),
      'whole MiB from 1 MiB to 100 MiB',
    ],
    ['documents in gzip', documents('opensearch, compression: gzip'), 'opensearch is not sent gzip'],
    ['documents as rows', documents(`opensearch, ${parquet}`), 'opensearch takes records one by one'],
    ['keys of documents', documents('opensearch, prefix: a'), 'what opensearch takes has no key'],
    ['capitals in an index', documents('opensearch, index: Logs'), 'no index is called Logs here'],
    ['another rotation', documents('opensearch, rotation: year'), 'none, hour, day, week or month'],
    ['an index of objects', sink('{ destination: s3, index: a }'), 's3 has no index'],
    ['a cluster of a receiver', received('http, cluster: "http://127.0.0.1:1"'), 'http has no cluster'],
    [
      'a cluster afar without TLS',
      documents('opensearch, cluster: "http://10.0.0.1:9200"'),
      'is not where a cluster is asked',
    ],
    ['a cluster with a password', documents('opensearch, cluster: "https://a:b@host"'), 'with no path and no password'],
    ['a cluster with a path', documents('opensearch, cluster: "https://host/a"'), 'with no path and no password'],
    [
      'one index of two',
      documents('opensearch, index: logs').replace(
        '\nfleets:',
        '\n  other: { destination: opensearch, index: logs }\nfleets:\n  others: { watch: opensearch, of: other }',
      ),
      'sink writes into the index logs too',
    ],
    [
      'a cluster that is not the run that is down',
      `${documents('opensearch, cluster: "https://host"')}steps: [{ at: 1s, down: watcher }]\n`,
      "watcher watches a cluster that is not the run's own",
    ],
    ['a long retry', received('http, retry: 3h'), 'nothing is tried again for 3h'],
    ['a retry of objects', sink('{ destination: s3, retry: 1m }'), 'objects are tried again for a day'],
    [
      'producers that are down',
      `${base}steps: [{ at: 1s, down: writers }]\n`,
      '"writers" is neither a delivery stream nor who watches one',
    ],
    ['a part of S3', `${base}steps: [{ at: 1s, down: watcher, agent: 0 }]\n`, 'a bucket has no agents'],
    ['S3 up before down', `${base}steps: [{ at: 1s, up: sink }]\n`, 'no step before this one says down: sink'],
    ['a pause', `${received('http')}steps: [{ at: 1s, pause: watcher }]\n`, 'watcher receives, and is not held still'],
    ['up before down', `${received('http')}steps: [{ at: 1s, up: watcher }]\n`, 'no step before this one says down'],
    ['a kill', `${base}steps: [{ at: 1s, kill: watcher }]\n`, 'watcher watches, only consumers can be killed'],
  ])('%s', (_, text, message) => {
    expect(() => planOf(text)).toThrow(message);
  });
});
