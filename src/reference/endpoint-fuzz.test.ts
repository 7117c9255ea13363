/**
 * Requests made from the shapes, with a wrong value now and then: whatever is sent is answered, and nothing throws. The
 * seed is in the name of the test, the request in the message.
 */
import { expect, test } from 'vitest';
import { NS_PER_S, VirtualClock } from '../clock.ts';
import { KINESIS_TARGET_PREFIX } from '../protocol/operations.ts';
import type { OperationName } from '../protocol/operations.ts';
import { inputShapes, type Pattern, type Shape } from '../protocol/shapes.ts';
import { Random } from '../random.ts';
import { createEndpoint } from './endpoint.ts';
import { operations as handlers } from './streams/operations.ts';

const arn = 'arn:aws:kinesis:us-east-1:000000000000:stream/s';
const consumer = `${arn}/consumer/c:1767225600`;
const id = 'abcdefghij0123456789-abc';
const names = [
  's',
  's',
  's',
  't',
  'shardId-0',
  'shardId-000000000002',
  'x-1',
  '',
  '0',
  '1',
  String(2n ** 128n),
  arn,
  consumer,
  id,
];
const number = '49607357361271740811418664280693044274821622880012337186';
const odd: readonly unknown[] = [
  null,
  -1,
  0,
  1.5,
  1e300,
  true,
  [],
  [null],
  {},
  { a: null },
  'A===',
  '\ud800',
  'ü'.repeat(300),
  number,
];

function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.below(values.length)]!;
}

/** The names that a pattern lets pass: what is wrong otherwise is found behind it. */
function namesLike(pattern: Pattern | undefined): readonly string[] {
  return pattern ? names.filter((name) => pattern.whole.test(name)) : names;
}

function valueOf(shape: Shape, random: Random): unknown {
  if (random.below(12) === 0) return pick(random, odd);
  switch (shape.type) {
    case 'string':
      return pick(random, shape.values ?? (random.below(9) === 0 ? [number] : namesLike(shape.pattern)));
    case 'blob':
      return 'AAAA';
    case 'integer':
      return random.below(12);
    case 'timestamp':
      return 1_767_225_600 + random.below(3);
    case 'boolean':
      return true;
    case 'list':
      return Array.from({ length: random.below(4) }, () => valueOf(shape.member, random));
    case 'map':
      return Object.fromEntries(Array.from({ length: random.below(4) }, () => [pick(random, names), 'v']));
    case 'structure':
      break;
  }
  const members = Object.entries(shape.members).filter(([, member]) => member.required || random.below(2) === 0);
  return Object.fromEntries(members.map(([name, member]) => [name, valueOf(member, random)]));
}

test.each([1, 2, 3, 4])('every request is answered: seed %i', async (seed) => {
  const random = new Random(seed);
  const clock = new VirtualClock();
  const endpoint = createEndpoint({ clock, limits: 'aws', createStreamMs: 0, deleteStreamMs: 0 });
  const operations = Object.keys(handlers).filter((name): name is OperationName => name in handlers);
  const statuses = new Map<number, number>();
  const send = async (operation: OperationName, input: unknown) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${KINESIS_TARGET_PREFIX}.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=any, SignedHeaders=host, Signature=0',
    };
    const body = Buffer.from(JSON.stringify(input));
    const answer = await endpoint.handle({ method: 'POST', path: '/', headers, body });
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  };
  for (let step = 0; step < 3000; step += 1) {
    const operation = pick(random, operations);
    if (operation === 'DeleteStream' && random.below(10) > 0) continue;
    const input = valueOf(inputShapes[operation], random);
    await expect(send(operation, input), `${operation} ${JSON.stringify(input)}`).resolves.toBeUndefined();
    if (step % 10 === 0) await clock.advance(NS_PER_S);
  }
  expect([...statuses.keys()].toSorted((a, b) => a - b)).toEqual([200, 400]);
  expect(statuses.get(200)).toBeGreaterThan(200);
});
