/** KIN-API-07: the life of a new stream. */
import { NS_PER_MS, NS_PER_S, sleepFor } from '../../src/clock.ts';
import type { StreamStatus } from '../../src/protocol/operations.ts';
import type { Context } from '../context.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { answerTo } from './asking.ts';
import { tidied } from './own-streams.ts';

/** Streams that are made: whoever makes one faster than it can be looked at is given another chance to be seen at it. */
const TRIALS = 3;
/** Looks that find a stream ACTIVE in a row: then it is. A single look may be old. */
const STABLE = 3;
/** Looks after that. */
const LATER = 5;
/** Pause between two looks, in ns; the first one follows CreateStream at once. */
const LOOK_NS = NS_PER_S / 10;
/** A first look that took longer than this, in ns, may have come after a stream was CREATING: how long it is, nobody promises. */
const PROMPT_NS = NS_PER_S / 10;

export const kinApi07 = statement({
  id: 'KIN-API-07',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'CreateStream returns at once; the stream is CREATING and then ACTIVE, and once it was seen ACTIVE three times it is not CREATING again.',
  source: 'CreateStream',
  fault: 'life.skip-creating-status',
  needs: [],
  uses: { streams: [1] },
  exercises: { 'looks at new streams': 8 },
  check: async (context) => {
    const shared = await context.stream(1);
    const seen: string[] = [];
    let promptest = Infinity;
    for (let trial = 1; trial <= TRIALS; trial += 1) {
      const name = `${shared.name}-api-07-${trial}`;
      try {
        await context.send('CreateStream', { StreamName: name, ShardCount: 1 });
        const { life, firstTookNs } = await watched(context, name);
        // One that is not found at first may have been CREATING then.
        if (life[0] !== 'not there') promptest = Math.min(promptest, firstTookNs);
        seen.push(life.join(' '));
        const said = `a new stream was ${life.join(', ')} in one look after the other`;
        const stable = life.findIndex((_, index) => life.slice(index, index + STABLE).every((one) => one === 'ACTIVE'));
        if (!life.includes('ACTIVE')) return unobserved(`${said}, until the deadline`);
        if (stable >= 0 && life.slice(stable + STABLE).includes('CREATING')) return broken(said);
        if (life.includes('CREATING')) return holds(said);
      } finally {
        await tidied(context, [name]);
      }
    }
    const said = `${TRIALS} new streams were never seen CREATING, from the first look after CreateStream on: ${seen.join('; ')}`;
    return promptest <= PROMPT_NS
      ? broken(said)
      : unobserved(`${said}; but no first look found one within ${PROMPT_NS / NS_PER_MS} ms`);
  },
});

/** What a new stream is, look by look: until it was ACTIVE some times in a row, and some looks more. And how long the first look took. */
async function watched(
  context: Context,
  StreamName: string,
): Promise<{ life: (StreamStatus | 'not there')[]; firstTookNs: number }> {
  const life: (StreamStatus | 'not there')[] = [];
  const beganNs = context.clock.monotonicNs();
  let firstTookNs: number | undefined;
  let inARow = 0;
  for (let left = LATER; left > 0 && context.clock.monotonicNs() < context.deadlineNs;) {
    const answer = await answerTo(context, 'DescribeStreamSummary', { StreamName });
    firstTookNs ??= context.clock.monotonicNs() - beganNs;
    const status = answer.kind === 'ok' ? answer.output.StreamDescriptionSummary?.StreamStatus : undefined;
    const seen = status ?? 'not there';
    context.count('looks at new streams');
    // Looks that show nothing new are not told, but for those that count.
    if (seen === 'ACTIVE' || life.at(-1) !== seen) life.push(seen);
    if (inARow >= STABLE) left -= 1;
    else inARow = seen === 'ACTIVE' ? inARow + 1 : 0;
    await sleepFor(context.clock, LOOK_NS);
  }
  return { life, firstTookNs: firstTookNs ?? Infinity };
}
