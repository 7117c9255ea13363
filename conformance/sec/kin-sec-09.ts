/** KIN-SEC-09: temporary keys end. */
import { sleepFor } from '../../src/clock.ts';
import { renewed } from '../passing-time.ts';
import { broken, statement, unobserved } from '../statement.ts';
import { judgeForgeries, signedPut, told, tryAll } from './forgery.ts';

/** How long before and after their end the keys are tried, in ms. */
const MARGIN_MS = 60_000;

export const kinSec09 = statement({
  id: 'KIN-SEC-09',
  level: 'MUST',
  profile: 'security',
  evidence: ['inferred'],
  sentence:
    'A request signed by temporary keys is accepted until they expire; after that it is refused with a 4xx and stores nothing.',
  source: 'Common errors, ExpiredTokenException; AWS STS',
  fault: 'sec.token-immortal',
  needs: ['clock', 'temporary-keys'],
  lane: 'slow',
  exercises: { 'good requests': 2, forgeries: 2 },
  check: async (context) => {
    const { world, clock } = context;
    const { temporary } = world;
    if (!temporary) return unobserved('there are no temporary keys');
    const stream = await context.stream(1);
    const by = (what: string) => signedPut(context, stream, what, { credentials: temporary });
    const untilMs = async (atMs: number) => sleepFor(clock, Math.max(0, atMs - clock.now()) * 1_000_000);
    await untilMs(temporary.expiresMs - MARGIN_MS);
    const [early] = await tryAll(renewed(context), stream, [await by('PutRecord a minute before its keys expire')]);
    if (early!.status === 0) return unobserved(`${early!.what} got no answer`);
    if (early!.status !== 200) return broken(`${early!.what} was answered with ${told(early!)}; AWS accepts it`);
    await untilMs(temporary.expiresMs + MARGIN_MS);
    const late = await tryAll(renewed(context), stream, [await by('PutRecord a minute after its keys expired')]);
    return judgeForgeries(late, ['ExpiredTokenException', 'ExpiredToken']);
  },
});
