/** Second witnesses on the reference over sockets: five ways to ask the same, and one answer. */
import { expect, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { disagrees, groupOf } from '../src/conformance-result.ts';
import { loadTarget } from '../src/target/load.ts';
import { startTarget } from '../src/target/start.ts';
import type { EmbeddedSpec } from '../src/target/spec.ts';
import type { RunningTarget } from '../src/target/target.ts';
import { judge } from './judge.ts';
import { groups, statements } from './registry.ts';
import { Session } from './session.ts';
import type { Judgement } from './statement.ts';
import { isAsked, makerOf, otherWays, sample, spokenBy, type Way, wayName, WAYS_MAX, worldBy } from './witness.ts';
import { socketWorld } from './world.ts';

const spec = { ...loadTarget('embedded'), latency: 'none', createStreamMs: 0, seed: 1 } as EmbeddedSpec;
const sampled = statements.filter(({ id }) => sample.some((one) => one === id));
const started = () => startTarget(spec, { auth: 'verify' });

/** What a way finds, or the run itself where none is named. */
async function judgedBy(
  { kinesis: endpoint, capabilities, delivery }: RunningTarget,
  way: Way | undefined,
  ids: readonly string[],
): Promise<Map<string, Judgement>> {
  const own = socketWorld({ endpoint, capabilities, delivery });
  const world = way ? worldBy(way, own) : own;
  const session = new Session({
    world,
    seed: 1,
    makeClient: way?.client === 'sdk' ? await makerOf(way) : undefined,
  });
  const found = new Map<string, Judgement>();
  for (const statement of sampled.filter(({ id }) => ids.includes(id)))
    found.set(statement.id, await judge(statement, session, true));
  session.close();
  return found;
}

test('the sample has something of each group, and nothing that is no statement', () => {
  expect(sampled.map(({ id }) => id).toSorted()).toEqual([...sample].toSorted());
  expect([...new Set(sample.map(groupOf))].toSorted()).toEqual(Object.keys(groups).toSorted());
});

test('the reference is spoken to in every way', async () => {
  await using target = await started();
  const ways = await spokenBy(target.kinesis, systemClock);
  expect(ways).toHaveLength(WAYS_MAX);
  expect(ways.map(wayName)).toEqual([
    'the SDK over HTTP/1.1',
    'the SDK over HTTP/2',
    'CBOR over HTTP/1.1',
    'JSON over HTTP/2',
    'CBOR over HTTP/2',
  ]);
});

test('an endpoint that speaks less has fewer witnesses', async () => {
  const credentials = () => Promise.resolve({ accessKeyId: 'kinebench', secretAccessKey: 'kinebench' });
  const nobody = { url: 'http://127.0.0.1:9', region: 'us-east-1', credentials };
  expect(await spokenBy(nobody, systemClock)).toEqual([]);
});

const ways = otherWays({ url: '', region: '', credentials: () => Promise.reject(new Error('nobody asks')) });

/** Each on a reference of its own, all at a time: they wait for clocks and hardly for processors. */
test.concurrent.each(ways.map((way) => ({ way, by: wayName(way) })))(
  'what our own client sees on the reference is seen by $by',
  { timeout: 300_000 },
  async ({ way }) => {
    await using target = await started();
    const ids = sample.filter((id) => isAsked(id, way));
    const found = await judgedBy(target, way, ids);
    const unlike = [...found.values()].filter(({ outcome }) => outcome !== 'holds');
    expect(unlike.map(({ id, outcome, message }) => `${id} ${outcome}: ${message}`)).toEqual([]);
    expect(found.size).toBe(ids.length);
  },
);

test('who is told something else disagrees', { timeout: 300_000 }, async () => {
  const sdk: Way = { client: 'sdk', protocol: 'h1', encoding: 'json' };
  await using target = await started();
  const before = await judgedBy(target, undefined, ['KIN-IT-03']);
  await target.arm!('iter.at-is-after');
  const after = await judgedBy(target, sdk, ['KIN-IT-03']);
  await target.disarm!('iter.at-is-after');
  const [ours, other] = [before.get('KIN-IT-03')!, after.get('KIN-IT-03')!];
  expect([ours.outcome, other.outcome]).toEqual(['holds', 'broken']);
  const { outcome, message } = other;
  expect(disagrees(ours, { by: wayName(sdk), outcome, message })).toBe(true);
  expect(disagrees(ours, { by: wayName(sdk), outcome: 'unobserved', message })).toBe(false);
});
