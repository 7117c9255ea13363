/**
 * KIN-RS-11: how far and how often UpdateShardCount goes. A stream is scaled ten times where that takes little; on a real clock
 * no scaling begins after 10 seconds, and the day's limit is then not put to the test (the finding says so).
 */
import { NS_PER_S } from '../../src/clock.ts';
import { refusableAtRest } from '../refusable-call.ts';
import { broken, holds, loose, statement } from '../statement.ts';
import { reshard } from './reshard.ts';
import { openOf } from './shard-list.ts';

const BEGIN = 3;
const PER_DAY = 10;
const SCALING_NS = 10 * NS_PER_S;

export const kinRs11 = statement({
  id: 'KIN-RS-11',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'UpdateShardCount goes to no more than double and no less than half of the open shards, and no more than ten times in 24 hours.',
  source: 'UpdateShardCount',
  fault: 'reshard.unbounded',
  needs: [],
  lane: 'slow',
  uses: { streams: [6], shared: [] },
  exercises: { 'counts beyond the bounds': 2, 'counts within them': 1 },
  check: async (context) => {
    const { clock, world } = context;
    const { name } = await context.stream(BEGIN, 'fresh');
    const to = (TargetShardCount: number) => ({
      StreamName: name,
      TargetShardCount,
      ScalingType: 'UNIFORM_SCALING' as const,
    });
    let otherwise: string | undefined;
    const refused = async (current: number, target: number, why: string) => {
      const answer = await refusableAtRest(context, 'UpdateShardCount', to(target), 'final');
      const sent = `UpdateShardCount from ${current} to ${target}, ${why},`;
      if (answer.kind === 'accepted') return broken(`${sent} was accepted`);
      if (!['LimitExceededException', 'InvalidArgumentException'].includes(answer.code)) {
        otherwise ??= `${sent} was refused with ${answer.said}; AWS documents LimitExceededException and InvalidArgumentException`;
      }
      return undefined;
    };
    const scale = async (target: number) => {
      await reshard(context, 'UpdateShardCount', to(target), (shards) => openOf(shards).length === target);
      context.count('counts within them');
    };
    const double = await refused(BEGIN, 2 * BEGIN + 1, 'more than double');
    if (double) return double;
    context.count('counts beyond the bounds');
    const untilNs = clock.monotonicNs() + (world.capabilities.has('clock') ? Infinity : SCALING_NS);
    let scalings = 0;
    let current = BEGIN;
    while (scalings < PER_DAY && clock.monotonicNs() < untilNs) {
      // Double and half themselves are within the bounds.
      current = current === BEGIN ? 2 * BEGIN : BEGIN;
      await scale(current);
      scalings += 1;
      if (scalings > 1) continue;
      // Of an even count: how half of an odd one is rounded, AWS does not say.
      const half = await refused(current, BEGIN - 1, 'less than half');
      if (half) return half;
      context.count('counts beyond the bounds');
    }
    const often = scalings === PER_DAY ? await refused(current, current + 1, `the eleventh in a day`) : undefined;
    if (often) return often;
    if (otherwise) return loose(otherwise);
    const day =
      scalings === PER_DAY
        ? 'and an eleventh scaling'
        : `(after ${scalings} scalings in ${SCALING_NS / NS_PER_S} s the limit of ten a day was not put to the test)`;
    return holds(`more than double and less than half were refused, ${day}`);
  },
});
