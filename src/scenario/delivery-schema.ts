/** The shape of what a scenario says of Data Firehose: delivery streams, and fleets that watch where they deliver. */
import { z } from 'zod';
import { deliveryCompressions, deliveryDestinations, parquetCompressions, rotations } from './delivery-plan.ts';
import { count, text, words, written } from './schema-terms.ts';

const functionName = text(
  'A shipped function, the path of a module that exports handler, the URL of an endpoint that speaks the Invoke API with the name of its function, or an ARN',
).meta({ examples: ['csv-to-json', './transform.mjs', 'http://127.0.0.1:9001/transform'] });

export const lambda = z
  .strictObject({
    function: functionName,
    buffer: z
      .strictObject({
        size: written('What a function gets at once, 0.2 MiB to 3 MiB. Default 1 MiB', '1 MiB').exactOptional(),
        interval: written('Whole seconds from 0s to 900s. Default 60s', '10s').exactOptional(),
      })
      .meta({ description: 'A function is invoked when this has its size or its age' })
      .exactOptional(),
    retries: count('Invocations after one that failed. Default 3', 300).exactOptional(),
  })
  .meta({ description: 'A function that every record goes through' });

export const parquet = z
  .strictObject({
    columns: z
      .record(z.string(), z.string().min(1))
      .meta({ description: 'Columns in order, with types as Hive writes them: string, bigint, double, timestamp' }),
    table: text(
      'In the data catalog: the reference is given it, others must have it. Default kinebench.<alias>',
    ).exactOptional(),
    compression: words(parquetCompressions, 'Inside the file. Default snappy').exactOptional(),
  })
  .meta({ description: 'JSON becomes rows of Parquet' });

const original = text(
  'The text that was put, with {fields} of what is delivered of it: only so is known what a function changed',
)
  .meta({ examples: ['{device},{celsius},{at}'] })
  .exactOptional();

/** One that is there already. */
export const existingDelivery = z
  .strictObject({ use: text('Name of a delivery stream: never altered, never deleted'), original })
  .meta({ description: 'A delivery stream that is there already; what it does is read off it' });

export const deliveryStream = z
  .strictObject({
    source: text('direct, or alias of the Kinesis stream that is delivered. Default direct')
      .meta({ examples: ['direct', 'events'] })
      .exactOptional(),
    destination: words(
      deliveryDestinations,
      'Where it delivers to: objects in S3, a receiver that kinebench runs, or a search cluster',
    ),
    buffer: z
      .strictObject({
        size: written(
          'Before compression, whole MiB from 1 MiB to 128 MiB (http 64, splunk 5, opensearch 100). Default 5 MiB',
          '5 MiB',
        ).exactOptional(),
        interval: written(
          'Whole seconds from 0s to 900s (splunk 60). Default 300s (splunk 60s)',
          '60s',
        ).exactOptional(),
      })
      .meta({ description: 'An object is written when the buffer has this size or this age' })
      .exactOptional(),
    compression: words(
      deliveryCompressions,
      'Of objects; of requests to http none or gzip. Default none',
    ).exactOptional(),
    retry: written(
      'http, splunk, opensearch: for how long what is not taken is tried again, whole seconds up to 2h. Default 300s',
      '2h',
    ).exactOptional(),
    index: text('opensearch: name of the index, behind the prefix of the run. Default the alias').exactOptional(),
    rotation: words(rotations, 'opensearch: how often a new index begins. Default day').exactOptional(),
    cluster: text('opensearch: origin of a cluster that is there already. Default one that the run itself is')
      .meta({ examples: ['http://127.0.0.1:9200'] })
      .exactOptional(),
    prefix: text('Of keys, behind the prefix of the run')
      .meta({ examples: ['clicks/!{timestamp:yyyy}/'] })
      .exactOptional(),
    lambda: z.union([functionName, lambda]).exactOptional(),
    delimiter: z.boolean().meta({ description: 'A line feed behind each record. Default false' }).exactOptional(),
    partition: z
      .record(z.string(), z.string().min(1))
      .meta({
        description: 'Partition keys, each with what jq reads it off by',
        examples: [{ customer: '.customer.id' }],
      })
      .exactOptional(),
    parquet: parquet.exactOptional(),
    original,
  })
  .meta({ description: 'A delivery stream of Data Firehose, made for the run and removed after it' });

export const watcher = z
  .strictObject({
    when: text('The fleet may be missing where this does not hold, and the run answers its question all the same')
      .meta({ examples: ['target.has(firehose)'] })
      .exactOptional(),
    watch: words(deliveryDestinations, 'What is watched: the destination of the delivery stream'),
    of: text('Alias of the delivery stream; may be left out where there is only one').exactOptional(),
    every: written(
      's3, opensearch: time between two listings or queries, delays are known no better. Default 1s',
      '1s',
    ).exactOptional(),
  })
  .meta({ description: 'A fleet that watches where records are delivered' });
