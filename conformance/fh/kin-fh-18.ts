/**
 * KIN-FH-18: what is on its way to Redshift is loaded, or somebody is told what is to be loaded by hand. Three objects: one while the
 * cluster answers, one while it does not, and one when it answers again.
 */
import { NS_PER_S } from '../../src/clock.ts';
import type { CreateDeliveryStreamInput } from '../../src/protocol/firehose/operations.ts';
import type { Context } from '../context.ts';
import type { DeliveryWorld } from '../delivery-world.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { creation, type Delivered, type DeliveryStream, objectsOf, putTexts, withMade } from './delivery-stream.ts';
import { surroundingsOf } from './lambda-processor.ts';

const OBJECTS = 3;
/** A buffer lasts a minute; a COPY is made again every five minutes, and not at all once the retry duration is over. */
const PATIENCE_NS = 900 * NS_PER_S;

export const kinFh18 = statement({
  id: 'KIN-FH-18',
  level: 'MUST',
  profile: 'firehose',
  evidence: ['guide'],
  sentence:
    'Every object of a delivery stream to Redshift is loaded by a COPY, or named in a manifest under errors/ once the retry duration is over.',
  source: 'Data Firehose developer guide, data delivery failure handling (Amazon Redshift)',
  fault: 'fh.copy-skipped',
  needs: ['firehose', 'firehose-surroundings', 'clock'],
  lane: 'slow',
  uses: { shared: [], deliveryStreams: 1, seconds: 3000 },
  exercises: { 'records put': OBJECTS, 'objects loaded': OBJECTS - 1, 'objects named in errors/': 1 },
  check: (context) =>
    withMade(
      context,
      (world, name) => toRedshift(context, world, name),
      async (stream) => {
        const { cluster } = surroundingsOf(stream.world);
        try {
          for (const [index, state] of (['up', 'down', 'up'] as const).entries()) {
            cluster.setState(state);
            await putTexts({ ...context, deadlineNs: Number.POSITIVE_INFINITY }, stream, [`<${context.data()}>`]);
            // The next one is to be in an object of its own, and what has become of this one to be settled.
            const settled = (objects: readonly Delivered[]) => {
              const { written, loaded, named } = fateOf(objects, stream, cluster.done);
              return written.length > index && written.every((url) => loaded.has(url) || named.has(url));
            };
            await objectsOf(context, stream, settled, PATIENCE_NS);
          }
        } finally {
          cluster.setState('up');
        }
        const objects = await objectsOf(context, stream, () => true);
        const { written, loaded, named } = fateOf(objects, stream, cluster.done);
        context.count('objects loaded', written.filter((url) => loaded.has(url)).length);
        context.count('objects named in errors/', written.filter((url) => named.has(url)).length);
        const lost = written.filter((url) => !loaded.has(url) && !named.has(url));
        const said = `of ${written.length} objects on their way to Redshift ${loaded.size} are in the manifests of COPY commands, and ${named.size} in manifests under errors/`;
        if (lost.length > 0)
          return broken(
            `${said}; ${lost[0]} is in neither, though the cluster answers and the retry duration is 0; AWS documents that it is loaded or named`,
          );
        return written.length === OBJECTS ? holds(said) : unobserved(`${said}; ${OBJECTS} were expected`);
      },
    ),
});

function toRedshift(context: Context, world: DeliveryWorld, name: string): CreateDeliveryStreamInput {
  const hints = { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 } };
  const { ExtendedS3DestinationConfiguration: stage, ...named } = creation(context, world, name, hints);
  return {
    ...named,
    RedshiftDestinationConfiguration: {
      RoleARN: world.place.roleArn,
      ClusterJDBCURL: surroundingsOf(world).cluster.url,
      CopyCommand: { DataTableName: 'rows' },
      Username: 'kinebench',
      Password: 'kinebench-1',
      RetryOptions: { DurationInSeconds: 0 },
      S3Configuration: stage,
    },
  };
}

/** The URLs of the objects with records; of those that a COPY has loaded by its manifest; of those that manifests of errors name. */
function fateOf(objects: readonly Delivered[], { world, root }: DeliveryStream, done: readonly string[]) {
  const urlOf = ({ key }: Delivered) => `s3://${world.place.bucket}/${root}${key}`;
  const isIn = (folder: string) => (object: Delivered) => object.key.startsWith(folder);
  const loads = (manifest: Delivered) => done.some((sql) => sql.includes(`'${urlOf(manifest)}'`));
  const manifests = objects.filter((object) => isIn('manifests/')(object) && loads(object));
  return {
    written: objects.filter((object) => !isIn('manifests/')(object) && !isIn('errors/')(object)).map(urlOf),
    loaded: new Set(manifests.flatMap(namedIn)),
    named: new Set(objects.filter(isIn('errors/')).flatMap(namedIn)),
  };
}

/** The URLs that a manifest names; none where it is none. */
function namedIn({ body }: Delivered): string[] {
  try {
    const { entries }: { entries?: { url?: unknown }[] } = JSON.parse(body.toString());
    return (entries ?? []).map(({ url }) => String(url));
  } catch {
    return [];
  }
}
