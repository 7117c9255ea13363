/** KIN-FH-02: a buffer is flushed by its age. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { broken, holds, statement } from '../statement.ts';
import { objectsOf, putTexts, withDelivery } from './delivery-stream.ts';

export const kinFh02 = statement({
  id: 'KIN-FH-02',
  level: 'SHOULD',
  profile: 'firehose',
  evidence: ['model'],
  sentence: 'What is buffered is delivered when it is IntervalInSeconds old, however little it is.',
  source: 'CreateDeliveryStream, BufferingHints',
  fault: 'fh.interval-ignored',
  needs: ['firehose'],
  uses: { shared: [], deliveryStreams: 1 },
  exercises: { 'records put': 3, 'objects read': 1 },
  check: (context) =>
    withDelivery(context, { BufferingHints: { SizeInMBs: 128, IntervalInSeconds: 5 } }, async (stream) => {
      for (let record = 0; record < 3; record += 1) {
        await putTexts(context, stream, [context.data()]);
        await sleepFor(context.clock, NS_PER_S);
      }
      const objects = await objectsOf(context, stream, (all) => all.length > 0);
      const said = 'three records, one a second, with IntervalInSeconds 5 and SizeInMBs 128';
      return objects.length > 0
        ? holds(`${said}: an object of ${objects[0]!.body.length} bytes`)
        : broken(`${said}: no object 40 s later; AWS documents a flush by size or interval, whichever comes first`);
    }),
});
