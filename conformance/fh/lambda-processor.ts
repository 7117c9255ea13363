/** Destinations with a Lambda function before them, for checks that have functions in their hand. */
import type { VirtualReference } from '../../src/target/embedded-virtual.ts';
import { Unobservable } from '../context.ts';
import type { DeliveryWorld } from '../delivery-world.ts';
import type { Destination } from './delivery-stream.ts';

type Surroundings = VirtualReference['surroundings'];
type Handler = Parameters<Surroundings['setFunction']>[1];
/** A record as a function gets it. */
export type FunctionRecord = Parameters<Handler>[0]['records'][number];

/** What stands around Data Firehose. */
export function surroundingsOf({ surroundings }: DeliveryWorld): Surroundings {
  if (!surroundings) throw new Unobservable('what stands around Data Firehose is not in the hand of this run');
  return surroundings;
}

/** A destination whose records go through a function; what fails goes under `errors/<type>/`. */
export function through(name: string, handler: Handler): (world: DeliveryWorld) => Destination {
  return (world) => ({
    Prefix: 'data/',
    ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/',
    BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 1 },
    ProcessingConfiguration: {
      Enabled: true,
      Processors: [
        {
          Type: 'Lambda',
          Parameters: [
            { ParameterName: 'LambdaArn', ParameterValue: surroundingsOf(world).setFunction(name, handler) },
            { ParameterName: 'BufferIntervalInSeconds', ParameterValue: '1' },
          ],
        },
      ],
    },
  });
}

/** The text of a record that a function got. */
export function textIn({ data }: FunctionRecord): string {
  return Buffer.from(data, 'base64').toString();
}
