/** The shape of what a scenario says of Data Firehose: delivery streams, and fleets that watch where they deliver. */
import { z } from 'zod';
import { deliveryCompressions, deliveryDestinations } from './delivery-plan.ts';
import { text, words, written } from './schema-terms.ts';

export const deliveryStream = z
  .strictObject({
    source: text('direct, or alias of the Kinesis stream that is delivered. Default direct')
      .meta({ examples: ['direct', 'events'] })
      .exactOptional(),
    destination: words(deliveryDestinations, 'Where it delivers to: objects in S3, or a receiver that kinebench runs'),
    buffer: z
      .strictObject({
        size: written(
          'Before compression, whole MiB from 1 MiB to 128 MiB (http 64, splunk 5). Default 5 MiB',
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
      'http and splunk: for how long what is not taken is tried again, whole seconds up to 2h. Default 300s',
      '2h',
    ).exactOptional(),
    prefix: text('Of keys, behind the prefix of the run')
      .meta({ examples: ['clicks/!{timestamp:yyyy}/'] })
      .exactOptional(),
  })
  .meta({ description: 'A delivery stream of Data Firehose, made for the run and removed after it' });

export const watcher = z
  .strictObject({
    when: text('The fleet may be missing where this does not hold, and the run answers its question all the same')
      .meta({ examples: ['target.has(firehose)'] })
      .exactOptional(),
    watch: words(deliveryDestinations, 'What is watched: the destination of the delivery stream'),
    of: text('Alias of the delivery stream; may be left out where there is only one').exactOptional(),
    every: written('s3: time between two listings, delays are known no better. Default 1s', '1s').exactOptional(),
  })
  .meta({ description: 'A fleet that watches where records are delivered' });
