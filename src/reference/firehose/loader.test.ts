/** How much a loader takes at once. */
import assert from 'node:assert/strict';
import { expect, test } from 'vitest';
import { NS_PER_S, VirtualClock } from '../../clock.ts';
import { Random } from '../../random.ts';
import { Faults } from '../faults.ts';
import { Refusal } from '../refusal.ts';
import { HeldObjects } from './destination.ts';
import { readLoadSql, REDSHIFT_SQL } from './load-sql.ts';
import { Loader } from './loader.ts';
import { redshift, RedshiftCluster } from './redshift-cluster.test-data.ts';
import { redshiftDestination } from './redshift.ts';

/** What each command loads, when so many MiB were written while the first one ran. */
async function loadedBy(text: string, ...mebibytes: number[]): Promise<string[]> {
  const clock = new VirtualClock();
  const faults = new Faults().at({ stream: 'd' });
  const kept = redshiftDestination(redshift().RedshiftDestinationConfiguration, faults);
  assert(!(kept instanceof Refusal) && kept.load);
  const { settings, load } = kept;
  const cluster = new RedshiftCluster();
  const destination = new HeldObjects(Number.POSITIVE_INFINITY);
  const loader = new Loader({
    clock,
    faults,
    destination,
    random: new Random(1),
    lifeMs: () => undefined,
    sql: cluster.run,
    loadSql: readLoadSql(text),
    plan: () => ({ streamName: 'd', version: 1, settings }),
    load: () => load,
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  cluster.instead = () => promise;
  for (const [index, size] of [0, ...mebibytes].entries()) {
    const body = Buffer.from(String(index));
    const object = { bucket: 'stage', key: body.toString(), body, contentType: '', contentEncoding: undefined };
    await destination.write(object);
    loader.add({ ...object, freedBytes: size * 1_048_576 });
    await clock.advance(NS_PER_S);
  }
  cluster.instead = undefined;
  resolve();
  await clock.advance(NS_PER_S);
  expect(loader.idle).toBe(true);
  return cluster.texts;
}

test('contents go in commands of 128 MiB, or of a single object', async () => {
  expect(await loadedBy('{data}', 100, 28, 1, 200, 1)).toEqual(["'1';\n'2'", "'3'", "'4'", "'5'"]);
});

test('what goes by its manifest goes all at once', async () => {
  expect(await loadedBy(REDSHIFT_SQL, 100, 28, 1, 200, 1)).toHaveLength(1);
});
