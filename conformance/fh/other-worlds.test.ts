/** Data Firehose in worlds other than the reference's: what AWS may do, or an account may lack, breaks no statement. */
import { expect, test } from 'vitest';
import { type Clock, NS_PER_S } from '../../src/clock.ts';
import { loadTarget } from '../../src/target/load.ts';
import type { EmbeddedSpec } from '../../src/target/spec.ts';
import type { FirehoseClient } from '../../src/wire/firehose-client.ts';
import type { ListedObject } from '../../src/wire/object-source.ts';
import type { Outcome } from '../../src/wire/outcome.ts';
import type { DeliveryWorld } from '../delivery-world.ts';
import { Session } from '../session.ts';
import type { Statement } from '../statement.ts';
import { virtualWorld } from '../world.ts';
import { kinFh03 } from './kin-fh-03.ts';
import { kinFh04 } from './kin-fh-04.ts';
import { kinFh06 } from './kin-fh-06.ts';
import { kinFh17 } from './kin-fh-17.ts';

/** What a check finds in a world that is another one. */
async function found(
  statement: Statement,
  other: (world: DeliveryWorld, clock: Clock) => DeliveryWorld,
  faults: readonly string[] = [],
): Promise<string> {
  const world = virtualWorld({ ...loadTarget('embedded'), latency: 'none', seed: 1, faults } as EmbeddedSpec);
  const delivery = async () => other(await world.delivery!(), world.clock);
  const { context } = new Session({ world: { ...world, delivery }, seed: 1 }).context(statement.id);
  const { outcome, message } = await world.settle(statement.check(context));
  return `${outcome}: ${message}`;
}

type Answer = (operation: string, answer: () => Promise<Outcome<unknown>>) => Promise<Outcome<unknown>>;

/** The same with a client whose answers come from elsewhere. */
function answering(world: DeliveryWorld, answer: Answer): DeliveryWorld {
  const call = (operation: never, input: never) => answer(operation, () => world.firehose.call(operation, input));
  return { ...world, firehose: { ...world.firehose, call: call as FirehoseClient['call'] } };
}

const refused = (message: string): Outcome<unknown> => {
  return { kind: 'error', code: 'InvalidArgumentException', status: 400, message, sentNs: 0, answeredNs: 0 };
};

test('KIN-FH-03: a role that cannot be taken on says nothing about hints', async () => {
  const unable = (world: DeliveryWorld) =>
    answering(world, (operation, answer) =>
      operation === 'CreateDeliveryStream' ? Promise.resolve(refused('Firehose is unable to assume role')) : answer(),
    );
  expect(await found(kinFh03, unable)).toMatch(/^unobserved.*unable to assume role/);
});

/** Describes a delivery stream for three seconds as it was before an update. */
const describedLate = (world: DeliveryWorld, clock: Clock) => {
  let known: Outcome<unknown> | undefined;
  let updatedNs = -Infinity;
  return answering(world, async (operation, answer) => {
    const came = await answer();
    if (operation === 'UpdateDestination' && came.kind === 'ok') updatedNs = clock.monotonicNs();
    if (operation !== 'DescribeDeliveryStream') return came;
    if (known && clock.monotonicNs() - updatedNs < 3 * NS_PER_S) return known;
    return (known = came);
  });
};

test('KIN-FH-17: an update may take its time to be described', async () => {
  expect(await found(kinFh17, describedLate)).toMatch(/^holds/);
  expect(await found(kinFh17, describedLate, [kinFh17.fault])).toMatch(/^broken/);
});

test('KIN-FH-06: an object that S3 took at a second try, a minute later, is no loss', async () => {
  const late = (world: DeliveryWorld, clock: Clock): DeliveryWorld => {
    const listedNs = new Map<string, number>();
    const list: DeliveryWorld['objects']['list'] = async (...where) => {
      const listed = await world.objects.list(...where);
      if (listed.kind === 'error') return listed;
      for (const { key } of listed.value) {
        if (!listedNs.has(key)) listedNs.set(key, clock.monotonicNs() + (listedNs.size === 0 ? 60 * NS_PER_S : 0));
      }
      return { ...listed, value: listed.value.filter(({ key }) => listedNs.get(key)! <= clock.monotonicNs()) };
    };
    return { ...world, objects: { ...world.objects, list } };
  };
  expect(await found(kinFh06, late)).toMatch(/^holds/);
});

/** Objects as they would be if nothing stood behind their last record. */
const unended = (world: DeliveryWorld): DeliveryWorld => {
  const read: DeliveryWorld['objects']['read'] = async (...where) => {
    const object = await world.objects.read(...where);
    if (object.kind === 'error' || object.value.body.at(-1) !== 0x0a) return object;
    return { ...object, value: { body: object.value.body.subarray(0, -1) } };
  };
  return { ...world, objects: { ...world.objects, read } };
};

test('KIN-FH-04: a delimiter "between records" may be missing behind the last one of an object', async () => {
  expect(await found(kinFh04, unended)).toMatch(/^holds/);
  expect(await found(kinFh04, (world) => world, [kinFh04.fault])).toMatch(/^broken/);
});

/** Each record in an object of its own, without what stands behind it. */
const apart = (world: DeliveryWorld): DeliveryWorld => {
  const { objects } = world;
  const records = new Map<string, Buffer>();
  const listApart: typeof objects.list = async (bucket, root) => {
    const listed = await objects.list(bucket, root);
    if (listed.kind === 'error') return listed;
    const value: ListedObject[] = [];
    for (const whole of listed.value) {
      const object = await objects.read(bucket, whole.key);
      if (object.kind === 'error') continue;
      for (const [record] of object.value.body.toString().matchAll(/<[^>]+>/g)) {
        value.push({ ...whole, key: `${whole.key}/${value.length}` });
        records.set(value.at(-1)!.key, Buffer.from(record));
      }
    }
    return { ...listed, value };
  };
  const readApart: typeof objects.read = (_bucket, key) =>
    Promise.resolve({ kind: 'ok', value: { body: records.get(key)! } });
  return { ...world, objects: { ...objects, list: listApart, read: readApart } };
};

test('KIN-FH-04: a delimiter "between records" cannot be seen where each has an object of its own', async () => {
  expect(await found(kinFh04, apart)).toMatch(/^unobserved/);
});
