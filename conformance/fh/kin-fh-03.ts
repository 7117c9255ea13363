/** KIN-FH-03: the bounds of buffering hints. */
import { broken, holds, statement, unobserved } from '../statement.ts';
import { creation, type Destination, isRefused, newName, remove, withWorld, wordsOf } from './delivery-stream.ts';

/** Hints, and whether AWS takes them. */
const cases = [
  [{ SizeInMBs: 1, IntervalInSeconds: 0 }, true],
  [{ SizeInMBs: 128, IntervalInSeconds: 900 }, true],
  [{ SizeInMBs: 0, IntervalInSeconds: 60 }, false],
  [{ SizeInMBs: 129, IntervalInSeconds: 60 }, false],
  [{ SizeInMBs: 1, IntervalInSeconds: -1 }, false],
  [{ SizeInMBs: 1, IntervalInSeconds: 901 }, false],
  [{ SizeInMBs: 1 }, false],
  [{ IntervalInSeconds: 60 }, false],
] as const;

export const kinFh03 = statement({
  id: 'KIN-FH-03',
  level: 'MUST',
  profile: 'firehose',
  evidence: ['model'],
  sentence: 'BufferingHints take 1 to 128 for SizeInMBs and 0 to 900 for IntervalInSeconds, both or neither.',
  source: 'CreateDeliveryStream, BufferingHints',
  fault: 'fh.hint-single-ok',
  needs: ['firehose'],
  uses: { shared: [], deliveryStreams: 3 },
  exercises: { 'hints tried': cases.length },
  check: (context) =>
    withWorld(context, async (world) => {
      const tried = async (said: Destination) => {
        const name = newName(context);
        const outcome = await world.firehose.call('CreateDeliveryStream', creation(context, world, name, said));
        if (outcome.kind === 'ok') await remove(context, world, name);
        return outcome;
      };
      // Without hints nothing is wrong with them: the role, the bucket or the account are.
      const control = await tried({});
      if (control.kind !== 'ok')
        return unobserved(`CreateDeliveryStream without BufferingHints was answered with ${wordsOf(control)}`);
      const wrong: string[] = [];
      for (const [BufferingHints, taken] of cases) {
        const outcome = await tried({ BufferingHints });
        const said = `CreateDeliveryStream with BufferingHints ${JSON.stringify(BufferingHints)} was answered with ${wordsOf(outcome)}`;
        if (outcome.kind !== 'ok' && !isRefused(outcome)) return unobserved(said);
        context.count('hints tried');
        if ((outcome.kind === 'ok') !== taken)
          wrong.push(`${said}; AWS documents that it is ${taken ? 'taken' : 'refused'}`);
      }
      return wrong.length > 0
        ? broken(wrong.join(' · '))
        : holds(`${cases.length} hints were taken and refused as documented`);
    }),
});
