import { describe, expect, test } from 'vitest';
import { NS_PER_S, VirtualClock } from '../clock.ts';
import { Random } from '../random.ts';
import { faultDescriptions, faultPlaces } from './fault-descriptions.ts';
import { faultText, parseFault } from './fault-selector.ts';
import { Faults, faultNamed, type ShardFaults } from './faults.ts';
import { virtualEndpoint } from './virtual-endpoint.ts';

const name = 'log.ack-then-drop';

const here = { stream: 'here', shard: 'shardId-000000000000' };

/** Faults on a clock that has been running for a while when the endpoint begins. */
async function begun(text: string, seed = 1) {
  const clock = new VirtualClock();
  await clock.advance(77 * NS_PER_S);
  const faults = new Faults([text]);
  faults.begin(clock, new Random(seed));
  return { clock, faults: faults.at(here) };
}

const strikes = (faults: ShardFaults, times: number) => Array.from({ length: times }, () => faults.fires(name));

describe('the text of a fault', () => {
  test.each([
    [name, name],
    [`${name}{}`, undefined],
    [`${name}{p=0.25}`, `${name}{p=0.25}`],
    [` ${name} { nth = 3 , shard = 1 }`, `${name}{nth=3,shard=shardId-000000000001}`],
    [`${name}{nth=3}`, `${name}{nth=3}`],
    [`${name}{every=5}`, `${name}{every=5}`],
    [`${name}{from=10s,to=1.5m}`, `${name}{from=10000ms,to=90000ms}`],
    [`${name}{stream=a.b_c-d,shard=1}`, `${name}{stream=a.b_c-d,shard=shardId-000000000001}`],
  ])('%s', (text, canonical) => {
    if (canonical === undefined) expect(() => parseFault(text)).toThrow('cannot be read');
    else expect(faultText(parseFault(text))).toBe(canonical);
  });

  test.each([
    ['log.ack-then-dorp', 'there is no fault "log.ack-then-dorp"'],
    [`${name}{`, 'there is no fault'],
    [`${name}{often=1}`, '"often=1" is none of p=, nth=, every=, from=, to=, stream=, shard='],
    [`${name}{toString=1}`, '"toString=1" is none of'],
    [`${name}{p=0}`, '"p=0" is not a share above 0, such as p=0.1'],
    [`${name}{p=1.1}`, '"p=1.1" is not a share'],
    [`${name}{nth=0}`, '"nth=0" is not a count from 1 on'],
    [`${name}{every=x}`, '"every=x" is not a count'],
    [`${name}{from=10}`, '"from=10" is not a time since the start'],
    [`${name}{shard=a}`, '"shard=a" is not a shard'],
    [`${name}{stream=a b}`, '"stream=a b" is not the name of a stream'],
    [`${name}{nth=1,nth=2}`, 'nth stands twice'],
    [`${name}{from=2s,to=2s}`, 'it ends before it begins'],
    ['sec.any-key{stream=a}', 'can never strike: where sec.any-key does something, neither stream nor shard is known'],
    ['tag.append-only{stream=a,shard=0}', 'the stream is known and the shard is not'],
    [`${name}{nth=5,every=2}`, 'can never strike: time 5 is no 2th one'],
  ])('%s is refused', (text, message) => {
    expect(() => parseFault(text)).toThrow(message);
  });

  test('what is written is read again as it was', () => {
    const random = new Random(5);
    const names = Object.keys(faultDescriptions).map(faultNamed);
    for (let round = 0; round < 500; round += 1) {
      const known = names[random.below(names.length)]!;
      const parts = [
        random.below(2) === 0 ? `p=${(1 + random.below(99)) / 100}` : '',
        random.below(2) === 0 ? `every=${1 + random.below(50)}` : '',
        random.below(2) === 0 ? `from=${random.below(1000)}ms` : '',
        random.below(2) === 0 ? `to=${1000 + random.below(1000)}s` : '',
        random.below(2) === 0 && faultPlaces[known] === 'shard' ? `shard=${random.below(20)}` : '',
      ].filter((part) => part !== '');
      const text = `${known}${parts.length === 0 ? '' : `{${parts.join(',')}}`}`;
      const fault = parseFault(text);
      expect(parseFault(faultText(fault)), text).toEqual(fault);
    }
  });
});

describe('an armed fault', () => {
  test('strikes each time, the n-th time alone, or every so many times', async () => {
    const all = [true, true, true, true, true, true];
    expect(strikes((await begun(name)).faults, 6)).toEqual(all);
    expect(strikes((await begun(`${name}{nth=3}`)).faults, 6)).toEqual([false, false, true, false, false, false]);
    expect(strikes((await begun(`${name}{every=2}`)).faults, 6)).toEqual([false, true, false, true, false, true]);
  });

  test('strikes a share of the times, the same ones with the same seed', async () => {
    const of = async (seed: number) => strikes((await begun(`${name}{p=0.2}`, seed)).faults, 2000);
    const first = await of(1);
    const count = first.filter(Boolean).length;
    expect(count).toBeGreaterThan(320);
    expect(count).toBeLessThan(480);
    expect(await of(1)).toEqual(first);
    expect(await of(2)).not.toEqual(first);
  });

  test('strikes within its window of the endpoint’s time: its beginning included, its end not', async () => {
    const { clock, faults } = await begun(`${name}{from=10s,to=20s}`);
    const seen = [faults.has(name)];
    for (const ns of [10 * NS_PER_S - 1, 1, 10 * NS_PER_S - 1, 1]) {
      await clock.advance(ns);
      seen.push(faults.has(name));
    }
    expect(seen).toEqual([false, false, true, true, false]);
  });

  test('strikes in its place', async () => {
    const { faults } = await begun(`${name}{stream=a,shard=1}`);
    const shard = 'shardId-000000000001';
    const places = [
      { stream: 'a', shard },
      { stream: 'b', shard },
      { stream: 'a', shard: 'shardId-000000000000' },
    ];
    expect(places.map((place) => faults.at(place).fires(name))).toEqual([true, false, false]);
  });

  test('does not strike in a request that names no stream', () => {
    const faults = new Faults(['api.type-missing{stream=a}']);
    expect(faults.at({ stream: undefined }).fires('api.type-missing')).toBe(false);
    expect(faults.at({ stream: 'a' }).fires('api.type-missing')).toBe(true);
  });

  test('counts its chances in its place and window only', async () => {
    const { clock, faults } = await begun(`${name}{nth=2,from=1s,stream=a}`);
    const a = faults.at({ ...here, stream: 'a' });
    strikes(a, 5);
    await clock.advance(NS_PER_S);
    strikes(faults.at({ ...here, stream: 'b' }), 5);
    expect(strikes(a, 3)).toEqual([false, true, false]);
  });

  test('one of several streams loses records, and the log names it', async () => {
    const { stream, must, faults, clock } = virtualEndpoint({ faults: [`${name}{stream=b}`] });
    for (const StreamName of ['a', 'b']) {
      await stream(StreamName, 1);
      for (let index = 0; index < 16; index += 1)
        await must('PutRecord', { StreamName, Data: 'AAAA', PartitionKey: 'k' });
    }
    expect(faults.activations()).toEqual({ [name]: 1 });
    const place = { stream: 'b', shard: 'shardId-000000000000' };
    expect(faults.log()).toEqual([{ id: 1, fault: name, atNs: clock.monotonicNs(), atMs: clock.now(), ...place }]);
  });
});

describe('the log of activations', () => {
  test('keeps the last ten thousand at least, and every count', async () => {
    const { faults } = await begun(name);
    strikes(faults, 25_000);
    const log = faults.log();
    expect(log.length).toBeGreaterThanOrEqual(10_000);
    expect(log.length).toBeLessThan(20_000);
    expect(log.at(-1)!.id).toBe(25_000);
    expect(faults.log(24_998).map(({ id }) => id)).toEqual([24_999, 25_000]);
    expect(faults.activations()).toEqual({ [name]: 25_000 });
  });

  test('is empty after a reset, and nothing is armed', async () => {
    const { faults } = await begun(name);
    strikes(faults, 2);
    faults.reset();
    expect([faults.log(), faults.activations(), faults.armed(), faults.fires(name)]).toEqual([[], {}, [], false]);
  });
});
