import { expect, test } from 'vitest';
import { NS_PER_S, sleepFor } from '../src/clock.ts';
import type { TransportAnswer } from '../src/wire/transport.ts';
import type { Context } from './context.ts';
import { pinned, versionOf } from './catalogue.ts';
import { quickWorld, wired } from './front.test-data.ts';
import { judge } from './judge.ts';
import { Prepared } from './prepared.ts';
import { statements } from './registry.ts';
import { Session } from './session.ts';
import type { VirtualWorld } from './world.ts';

/** What a world's transport answers by itself; undefined leaves it to the reference. */
type Refusal = (operation: string, answeredNs: number) => TransportAnswer | undefined;

function sessionIn(world: VirtualWorld, refusal: Refusal = () => undefined): Session {
  const refused = wired(world, (operation, pass) => refusal(operation, world.clock.monotonicNs()) ?? pass());
  return new Session({ world: refused, seed: 1, settleMs: 500 });
}

const namesIn = (context: Context) =>
  context.send('ListStreams', {}).then(({ StreamNames }) => StreamNames.map((name) => Number(name.split('-').at(-1))));

test('a fresh stream is removed after its check, shared and kept ones stay, and are there for the next check', async () => {
  const world = quickWorld();
  const session = sessionIn(world);
  await world.settle(
    (async () => {
      const first = session.context('first');
      const [shared] = [await first.context.stream(1), await first.context.stream(1, 'fresh')];
      const kept = await first.context.stream(1, 'kept');
      expect(await namesIn(first.context)).toEqual([0, 1, 2]);
      await first.release();
      const { context } = session.context('second');
      expect(await context.stream(1)).toBe(shared);
      expect(context.holds(kept)).toBe(true);
      while ((await namesIn(context)).length > 2) await sleepFor(world.clock, NS_PER_S);
      expect(await namesIn(context)).toEqual([0, 2]);
    })(),
  );
});

test('what is prepared is made once in a session, and its stream stays for the check that comes next', async () => {
  const world = quickWorld();
  let made = 0;
  const prepared = new Prepared(async (context) => [await context.stream(1, 'fresh'), (made += 1)] as const);
  await world.settle(
    (async () => {
      const session = sessionIn(world);
      for (const id of ['first', 'second']) {
        const { context, release } = session.context(id);
        const [stream] = await prepared.for(context);
        await context.send('PutRecord', { StreamName: stream.name, PartitionKey: 'k', Data: context.data() });
        await release();
      }
      expect(made).toBe(1);
      await prepared.for(sessionIn(world).context('of another session').context);
      expect(made).toBe(2);
    })(),
  );
});

/** A refusal with this error. */
function refusedWith(type: string, message: string, answeredNs: number): TransportAnswer {
  const body = Buffer.from(JSON.stringify({ __type: type, message }));
  const contentType = 'application/x-amz-json-1.1';
  return { kind: 'response', status: 400, contentType, body, sentNs: answeredNs, answeredNs };
}

/** An account of so many streams: more are refused until some of them are removed. */
function accountOf(most: number): Refusal {
  let streams = 0;
  return (operation, answeredNs) => {
    if (operation === 'DeleteStream') streams -= 1;
    if (operation !== 'CreateStream') return undefined;
    if (streams < most) {
      streams += 1;
      return undefined;
    }
    return refusedWith('LimitExceededException', 'the shard limit for the account', answeredNs);
  };
}

/** Does not know a stream for its operations until so long after it was made, whatever it says of its status. */
function knownLate(type: string, of: string, lateNs: number): Refusal {
  let madeNs = 0;
  return (operation, answeredNs) => {
    if (operation === 'CreateStream') madeNs = answeredNs;
    const isEarly = operation === of && answeredNs - madeNs < lateNs;
    return isEarly ? refusedWith(type, 'instead in state CREATING', answeredNs) : undefined;
  };
}

test.each([
  ['ResourceInUseException', 'IncreaseStreamRetentionPeriod', 8],
  ['ResourceNotFoundException', 'PutRecord', 3.8],
])('a stream that is ACTIVE and still answered with %s by %s is waited for', async (type, of, lateS) => {
  const world = quickWorld({ createStreamMs: 3000 });
  const { context } = sessionIn(world, knownLate(type, of, lateS * NS_PER_S)).context('new');
  await world.settle(
    (async () => {
      const { name: StreamName } = await context.stream(1);
      await context.send('IncreaseStreamRetentionPeriod', { StreamName, RetentionPeriodHours: 48 });
      await context.send('PutRecord', { StreamName, PartitionKey: 'k', Data: context.data() });
    })(),
  );
});

test('where the account may have no more shards, streams that no check at work has make room, and what was made of them is made anew', async () => {
  const world = quickWorld();
  let made = 0;
  const prepared = new Prepared(async (context) => [await context.stream(1, 'fresh'), (made += 1)] as const);
  await world.settle(
    (async () => {
      const session = sessionIn(world, accountOf(3));
      const first = session.context('first');
      const [shared, [kept]] = [await first.context.stream(1), await prepared.for(first.context)];
      await first.release();
      const second = session.context('second');
      expect(await second.context.stream(1)).toBe(shared);
      await second.context.stream(1, 'fresh');
      await second.context.stream(1, 'fresh');
      expect(second.context.holds(kept)).toBe(false);
      expect(await second.context.stream(1)).toBe(shared);
      await second.release();
      await prepared.for(session.context('third').context);
      expect(made).toBe(2);
    })(),
  );
});

test('an account without room leaves a check unobserved within seconds, and says why', async () => {
  const world = quickWorld();
  const { context } = sessionIn(world, accountOf(0)).context('first');
  const said = context.stream(1).then(String, (error: Error) => `${error.name}: ${error.message}`);
  expect(await world.settle(said)).toMatch(/^Unobservable: CreateStream .*LimitExceededException "the shard limit/);
  expect(world.clock.monotonicNs() / NS_PER_S).toBeLessThan(10);
});

test('after a call without an answer the next check begins once the target answers again', async () => {
  const world = quickWorld();
  const awakeNs = world.clock.monotonicNs() + 20 * NS_PER_S;
  const session = sessionIn(world, (_, sentNs) =>
    sentNs < awakeNs ? { kind: 'timeout', sentNs, answeredNs: sentNs } : undefined,
  );
  const { context, release } = session.context('first');
  await world.settle(context.client.call('ListStreams', {}));
  await world.settle(release());
  expect(world.clock.monotonicNs()).toBeGreaterThanOrEqual(awakeNs);
  expect(world.clock.monotonicNs()).toBeLessThan(awakeNs + NS_PER_S);
});

test('a target that stays silent costs later checks no more than a question each, and is judged again once it answers', async () => {
  const world = quickWorld();
  let silent = true;
  const session = sessionIn(world, (_, sentNs) =>
    silent ? { kind: 'timeout', sentNs, answeredNs: sentNs } : undefined,
  );
  const { context, release } = session.context('first');
  await world.settle(context.client.call('ListStreams', {}));
  await world.settle(release());
  const one = pinned(
    statements.find(({ id }) => id === 'KIN-PART-02')!,
    versionOf(undefined),
  );
  const beganNs = world.clock.monotonicNs();
  expect(await judge(one, session)).toMatchObject({
    verdict: 'indeterminate',
    message: 'the target no longer answers: ListStreams was answered with a timeout',
  });
  expect(world.clock.monotonicNs() - beganNs).toBeLessThan(3 * NS_PER_S);
  silent = false;
  expect((await judge(one, session)).verdict).toBe('pass');
});

test('a check that had its time sends no more calls, and each ends at once with the reason', async () => {
  const world = quickWorld();
  const capabilities = new Set([...world.capabilities].filter((capability) => capability !== 'clock'));
  const { context } = sessionIn({ ...world, capabilities }).context('slow');
  await world.settle(context.send('ListStreams', {}));
  await world.settle(sleepFor(world.clock, 151 * NS_PER_S));
  const said = context.send('ListStreams', {}).catch((error: Error) => error.message);
  expect(await world.settle(said)).toMatch(/not sent: the check has had its 150 s/);
});
