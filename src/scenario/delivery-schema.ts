/** The shape of what a scenario says of Data Firehose: delivery streams, and fleets that watch where they deliver. */
import { z } from 'zod';
import { deliveryCompressions } from './delivery-plan.ts';
import { text, words, written } from './schema-terms.ts';

export const deliveryStream = z
  .strictObject({
    source: text('direct, or alias of the Kinesis stream that is delivered. Default direct')
      .meta({ examples: ['direct', 'events'] })
      .exactOptional(),
    destination: words(['s3'], 'Where it delivers to'),
    buffer: z
      .strictObject({
        size: written('Before compression, whole MiB from 1 MiB to 128 MiB. Default 5 MiB', '5 MiB').exactOptional(),
        interval: written('Whole seconds from 0s to 900s. Default 300s', '60s').exactOptional(),
      })
      .meta({ description: 'An object is written when the buffer has this size or this age' })
      .exactOptional(),
    compression: words(deliveryCompressions, 'Of objects. Default none').exactOptional(),
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
    watch: words(['s3'], 'What is watched: the objects that a delivery stream writes'),
    of: text('Alias of the delivery stream; may be left out where there is only one').exactOptional(),
    every: written('Time between two listings: delays are known no better. Default 1s', '1s').exactOptional(),
  })
  .meta({ description: 'A fleet that watches where records are delivered' });
