/** KIN-FH-17: of two updates that know the same version, one is refused. */
import { eventually } from '../patience.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { ask, isRefused, withDelivery, wordsOf } from './delivery-stream.ts';

export const kinFh17 = statement({
  id: 'KIN-FH-17',
  level: 'MUST',
  profile: 'firehose',
  evidence: ['model'],
  sentence: 'UpdateDestination with a version that is not the present one is refused and changes nothing.',
  source: 'UpdateDestination (CurrentDeliveryStreamVersionId)',
  fault: 'fh.version-unchecked',
  needs: ['firehose'],
  uses: { shared: [], deliveryStreams: 1 },
  exercises: { 'updates tried': 2 },
  check: (context) =>
    withDelivery(context, {}, async ({ world, name, root }) => {
      const described = async () =>
        (await ask(context, world, 'DescribeDeliveryStream', { DeliveryStreamName: name })).DeliveryStreamDescription;
      const before = await described();
      const [destination] = before.Destinations ?? [];
      if (!destination) return unobserved('DescribeDeliveryStream shows no destination');
      const update = (prefix: string) =>
        world.firehose.call('UpdateDestination', {
          DeliveryStreamName: name,
          DestinationId: destination.DestinationId,
          CurrentDeliveryStreamVersionId: before.VersionId,
          ExtendedS3DestinationUpdate: { Prefix: `${root}${prefix}` },
        });
      const first = await update('first/');
      if (first.kind !== 'ok') return unobserved(`UpdateDestination was answered with ${wordsOf(first)}`);
      const second = await update('second/');
      context.count('updates tried', 2);
      // "The update might not occur immediately."
      const after = await eventually(
        context,
        async () => (await described()).Destinations?.[0]?.ExtendedS3DestinationDescription?.Prefix,
        (prefix) => prefix === `${root}${second.kind === 'ok' ? 'second/' : 'first/'}`,
      );
      const said = `after an update of version ${before.VersionId} another one of the same version was answered with ${wordsOf(second)}, and the prefix ends in ${after?.slice(root.length)}`;
      if (second.kind !== 'ok' && !isRefused(second)) return unobserved(said);
      return second.kind !== 'ok' && after === `${root}first/`
        ? holds(said)
        : broken(`${said}; AWS documents that the version must be the present one`);
    }),
});
