/** What a conformance run that was killed left at Data Firehose: found by name, run and age, and nothing else touched. */
import { expect, test } from 'vitest';
import { NS_PER_S, sleepFor } from '../src/clock.ts';
import { loadTarget } from '../src/target/load.ts';
import {
  conformRootOf,
  findDeliveryLeftovers,
  removeConformDeliveries,
  removeDeliveryLeftover,
} from '../src/target/delivery-leftovers.ts';
import type { EmbeddedSpec } from '../src/target/spec.ts';
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
    await putTexts(context, { world: delivery, name, root: conformRootOf(name) }, ['one']);
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
  const house = { ...delivery, bucket: delivery.place.bucket };
  return { clock, delivery, house, settle, listed };
}

test('a run removes its own, and leaves those of another run', async () => {
  const { clock, house, settle, listed } = await left();
  expect((await listed()).names).toEqual([
    'kinebench-conform-run-a-fh-04-1',
    'kinebench-conform-run-b-fh-04-1',
    strangers.name,
  ]);
  expect((await listed()).keys).toHaveLength(3);
  expect(await settle(removeConformDeliveries('run-a', house, clock))).toEqual([]);
  expect((await listed()).names).toEqual(['kinebench-conform-run-b-fh-04-1', strangers.name]);
  expect((await listed()).keys).toEqual(['kinebench/kinebench-conform-run-b-fh-04-1', 'kinebench/orders-of-somebody']);
});

test('a sweep finds what is an hour old, by its tags, and the objects of delivery streams that are gone', async () => {
  const { clock, delivery, house, settle, listed } = await left();
  expect(await settle(findDeliveryLeftovers(house, clock))).toEqual([]);
  // Its delivery stream is removed, and the process dies before its objects are.
  const gone = { DeliveryStreamName: 'kinebench-conform-run-a-fh-04-1' };
  await settle(delivery.firehose.call('DeleteDeliveryStream', gone));
  await settle(sleepFor(clock, HOUR_NS + 60 * NS_PER_S));
  const found = await settle(findDeliveryLeftovers(house, clock));
  const under = `s3://${house.bucket}/kinebench`;
  expect(found.map(({ kind, name }) => [kind, name])).toEqual([
    ['delivery-stream', 'kinebench-conform-run-b-fh-04-1'],
    ['objects', `${under}/kinebench-conform-run-b-fh-04-1/`],
    ['objects', `${under}/kinebench-conform-run-a-fh-04-1/`],
  ]);
  // What is still buffered is written as its delivery stream goes, and is removed with the rest.
  const stream = { DeliveryStreamName: 'kinebench-conform-run-b-fh-04-1', Record: { Data: Buffer.from('late') } };
  expect((await settle(delivery.firehose.call('PutRecord', stream))).kind).toBe('ok');
  for (const leftover of found) expect(await settle(removeDeliveryLeftover(leftover, house, clock))).toEqual([]);
  expect(await listed()).toEqual({ names: [strangers.name], keys: ['kinebench/orders-of-somebody'] });
});

test('who is at work is left alone, however old its objects are', async () => {
  const { clock, house, settle } = await left();
  await settle(sleepFor(clock, HOUR_NS / 2));
  const { objects } = house;
  const aged = {
    ...house,
    objects: {
      ...objects,
      list: async (...asked: Parameters<typeof objects.list>) => {
        const found = await objects.list(...asked);
        if (found.kind === 'error') return found;
        return { ...found, value: found.value.map((each) => ({ ...each, lastModifiedMs: 0 })) };
      },
    },
  };
  expect(await settle(findDeliveryLeftovers(aged, clock))).toEqual([]);
});

test('what is not removed is named: at once where that is refused, and where it is busy it is asked again', async () => {
  const { clock, house, settle, listed } = await left();
  const refusing = (code: string, times: number) => {
    let refusals = times;
    const call: typeof house.firehose.call = async (operation, input) => {
      if (operation !== 'DeleteDeliveryStream' || refusals === 0) return house.firehose.call(operation, input);
      refusals -= 1;
      return { kind: 'error', code, message: 'no', status: 400, sentNs: 0, answeredNs: 0 };
    };
    return { ...house, firehose: { ...house.firehose, call } };
  };
  const startNs = clock.monotonicNs();
  const denied = await settle(removeConformDeliveries('run-a', refusing('AccessDeniedException', Infinity), clock));
  expect(denied).toEqual(['kinebench-conform-run-a-fh-04-1']);
  expect(clock.monotonicNs() - startNs).toBeLessThan(NS_PER_S);
  expect(await settle(removeConformDeliveries('run-a', refusing('ResourceInUseException', 3), clock))).toEqual([]);
  expect((await listed()).names).toEqual(['kinebench-conform-run-b-fh-04-1', strangers.name]);
});
