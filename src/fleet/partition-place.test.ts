import { expect, test } from 'vitest';
import type { DeliveryPlan } from '../scenario/plan.ts';
import { prefixOf } from '../scenario/processing.ts';
import type { DeliveryPlace } from './context.ts';
import { placeCheck } from './partition-place.ts';

function placeOf(
  partition: Record<string, string> | undefined,
  prefix = partition ? prefixOf(partition) : '',
): DeliveryPlace {
  const processing = partition && { processing: { partition } };
  const plan: DeliveryPlan = {
    alias: 'sink',
    source: null,
    destination: 's3',
    bufferBytes: 64 * 2 ** 20,
    intervalNs: 60e9,
    compression: 'none',
    prefix,
    ...processing,
  };
  const form = { framing: 'text', feeds: 'none', original: { kind: 'same' } } as const;
  return { plan, name: 'sink-1', bucket: 'lake', prefix: 'run/sink/', form, errorPrefix: null, sinceMs: null };
}

const two = { customer: '.customer.id', kind: '.kind' };

test.each([
  ['customer=a/kind=view/x', { customer: { id: 'a' }, kind: 'view' }, true],
  ['customer=b/kind=view/x', { customer: { id: 'a' }, kind: 'view' }, false],
  ['customer=a/kind=order/x', { customer: { id: 'a' }, kind: 'view' }, false],
  ['customer=ab/kind=view/x', { customer: { id: 'a' }, kind: 'view' }, false],
  ['consumer=a/kind=view/x', { customer: { id: 'a' }, kind: 'view' }, false],
  ['kind=view/customer=a/x', { customer: { id: 'a' }, kind: 'view' }, false],
  ['customer=a/b/kind=view/x', { customer: { id: 'a/b' }, kind: 'view' }, true],
  ['customer=1.0/kind=true/x', { customer: { id: 1 }, kind: true }, true],
  ['customer=12/kind=true/x', { customer: { id: 1 }, kind: true }, false],
  ['customer=7/kind=view/x', { customer: { id: 7n }, kind: 'view' }, true],
  ['customer=a/kind=view/x', { customer: { id: 'a' } }, null],
  ['customer=a/kind=view/x', { customer: { id: 'a' }, kind: { of: 'view' } }, null],
  ['customer=a/kind=view/x', undefined, null],
])('%s', (key, value, expected) => {
  expect(placeCheck(placeOf(two), `run/sink/${key}`)!(value)).toBe(expected);
});

test('where a record must stand shows by the rule’s prefix and paths of members alone', () => {
  const value = { customer: { id: 'a' }, kind: 'view' };
  const at = (place: DeliveryPlace) => placeCheck(place, 'run/sink/customer=a/kind=view/x')?.(value);
  expect(at(placeOf(two))).toBe(true);
  expect(at(placeOf(undefined))).toBeUndefined();
  expect(at(placeOf({ ...two, kind: '.kind | ascii_downcase' }))).toBeNull();
  expect(at(placeOf({ ...two, kind: '.kinds[0]' }))).toBeNull();
  expect(at(placeOf(two, `mine/${prefixOf(two)}`))).toBeNull();
});
