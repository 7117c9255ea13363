/** What a conformance run that was killed left at Data Firehose: found by name, run and age, and nothing else touched. */
import { expect, test } from 'vitest';
import { NS_PER_S, sleepFor } from '../src/clock.ts';
import { loadTarget } from '../src/target/load.ts';
import type { EmbeddedSpec } from '../src/target/spec.ts';
import { findDeliveries, removeDeliveriesOf, removeFound, rootOf } from './delivery-leftovers.ts';
import { ask, creation, newName, putTexts } from './fh/delivery-stream.ts';
import { Session } from './session.ts';
import { virtualWorld } from './world.ts';

const HOUR_NS = 3600 * NS_PER_S;
const strangers = { name: 'orders-of-somebody', key: 'kinebench/orders-of-somebody/' };

/** Two runs that left a delivery stream with an object each, and what is somebody else's. */
async function left() {
  const world = virtualWorld({ ...loadTarget('embedded'), latency: 'none' } as EmbeddedSpec);
  const delivery = await world.delivery!();
  const { clock } = world;
  const settle = <T>(work: Promise<T>) => world.settle(work);
  const make = async (run: string, as?: string) => {
    const { context } = new Session({ world, seed: 1, run }).context('KIN-FH-04');
    const name = as ?? newName(context);
    const hints = { BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 1 } };
    await ask(context, delivery, 'CreateDeliveryStream', creation(context, delivery, name, hints));
    await sleepFor(clock, 2 * NS_PER_S);
    await putTexts(context, { world: delivery, name, root: rootOf(name) }, ['one']);
    await sleepFor(clock, 5 * NS_PER_S);
  };
  await settle(
    (async () => {
      await make('run-a');
      await make('run-b');
      await make('nobody', strangers.name);
    })(),
  );
  const listed = () => settle(look());
  const look = async () => {
    const streams = await delivery.firehose.call('ListDeliveryStreams', {});
    const objects = await delivery.objects.list(delivery.place.bucket, '');
    if (streams.kind !== 'ok' || objects.kind !== 'ok') throw new Error('nothing is listed');
    const keys = objects.value.map(({ key }) => key.split('/').slice(0, 2).join('/'));
    return { names: streams.output.DeliveryStreamNames, keys };
  };
  return { clock, delivery, settle, listed };
}

test('a run removes its own, and leaves those of another run', async () => {
  const { clock, delivery, settle, listed } = await left();
  expect((await listed()).names).toEqual([
    'kinebench-conform-run-a-fh-04-1',
    'kinebench-conform-run-b-fh-04-1',
    strangers.name,
  ]);
  expect((await listed()).keys).toHaveLength(3);
  await settle(removeDeliveriesOf('run-a', delivery, clock));
  expect((await listed()).names).toEqual(['kinebench-conform-run-b-fh-04-1', strangers.name]);
  expect((await listed()).keys).toEqual(['kinebench/kinebench-conform-run-b-fh-04-1', 'kinebench/orders-of-somebody']);
});

test('a sweep finds what is an hour old, by its tags, and the objects of delivery streams that are gone', async () => {
  const { clock, delivery, settle, listed } = await left();
  expect(await settle(findDeliveries(delivery, clock))).toEqual({ names: [], objects: [] });
  // Its delivery stream is removed, and the process dies before its objects are.
  const gone = { DeliveryStreamName: 'kinebench-conform-run-a-fh-04-1' };
  await settle(delivery.firehose.call('DeleteDeliveryStream', gone));
  await settle(sleepFor(clock, HOUR_NS + 60 * NS_PER_S));
  const found = await settle(findDeliveries(delivery, clock));
  expect(found.names).toEqual(['kinebench-conform-run-b-fh-04-1']);
  expect(found.objects).toHaveLength(2);
  await settle(removeFound(found, delivery, clock));
  expect(await listed()).toEqual({ names: [strangers.name], keys: ['kinebench/orders-of-somebody'] });
});
