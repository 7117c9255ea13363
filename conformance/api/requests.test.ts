/** That what is generated from the declared shapes leaves nothing of them out, and that what is called ordinary is. */
import { describe, expect, test } from 'vitest';
import { inputShapes, type Shape } from '../../src/protocol/shapes.ts';
import { boundsOf } from './bounds.ts';
import { fits, neverInEarnest, operations, ordinaryRequest, placesOf, type Place } from './requests.ts';

const name = 'kinebench-conform-x-0';
const subject = { name, arn: `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`, iterator: 'AAAA' };
const places = operations.flatMap((operation) => placesOf(operation, subject));

/** How many bounds a shape declares, those of its parts included; of blobs and of the sizes of maps only what is probed. */
function declared(shape: Shape, inList = false): number {
  const own = shape.required && !inList ? 1 : 0;
  if (shape.type === 'structure') {
    return own + Object.values(shape.members).reduce((sum, member) => sum + declared(member), 0);
  }
  if (shape.type === 'list') return own + Math.sign(shape.min) + 1 + declared(shape.member, true);
  if (shape.type === 'map') return own + Math.sign(shape.min) + 1 + declared(shape.key) + declared(shape.value);
  if (shape.type === 'integer') return own + (shape.min === undefined ? 0 : 1) + (shape.max === undefined ? 0 : 1);
  if (shape.type !== 'string') return own;
  const pattern = shape.pattern?.text.includes('\\d{0,') ? 2 : shape.pattern ? 1 : 0;
  return own + Math.sign(shape.min ?? 0) + (shape.max === undefined ? 0 : 1) + pattern + (shape.values ? 1 : 0);
}

describe.each(operations.map((operation) => [operation] as const))('%s', (operation) => {
  const here = placesOf(operation, subject);

  test('has a place for every member', () => {
    expect(here.filter(({ path }) => !path.includes('.')).map(({ path }) => path)).toEqual(
      Object.keys(inputShapes[operation].members),
    );
  });

  test('is probed beyond every bound that it declares', () => {
    const beyond = here.flatMap((place) => boundsOf(place).filter(({ within }) => !within));
    expect(beyond).toHaveLength(declared(inputShapes[operation]));
  });
});

test('an ordinary value is within its own bounds', () => {
  const texts = places.filter(({ shape, ordinary }) => shape.type === 'string' && !fits(shape, String(ordinary)));
  expect(texts.map(({ operation, path }) => `${operation} ${path}`)).toEqual([]);
});

test('a place is changed and the rest is left as it is', () => {
  const place = places.find(({ operation, path }) => operation === 'PutRecords' && path === 'Records.1.PartitionKey')!;
  const ordinary = ordinaryRequest('PutRecords', subject);
  expect(place.with('other')).toEqual({
    ...ordinary,
    Records: [{ ...(ordinary['Records'] as object[])[0], PartitionKey: 'other' }],
  });
});

test('what is within a bound is sent of nothing that could be meant', () => {
  const within = (is: (place: Place) => boolean) =>
    places.filter(is).flatMap((place) => boundsOf(place).filter((bound) => bound.within));
  expect(within(({ operation }) => operation === neverInEarnest)).toEqual([]);
  expect(within(({ member, operation }) => member === 'StreamName' && operation === 'CreateStream')).toEqual([]);
  const short = within(({ member }) => member === 'StreamName').filter(({ value }) => String(value).length < 100);
  expect(short).toEqual([]);
});
