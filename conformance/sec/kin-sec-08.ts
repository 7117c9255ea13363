/** KIN-SEC-08: a signature is good for minutes. General pages of AWS say 15; Kinesis was seen to take 5. */
import { type Context, type Stream } from '../context.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { type Forgery, type Tried, signedPut, told, tryAll } from './forgery.ts';

const MINUTE_MS = 60_000;
/** Minutes that are good by either window, that tell them apart, and that are too many by both. */
const good = [-4, 4];
const between = [-14, -6, 6, 14];
const tooMany = [-16, 16];

export const kinSec08 = statement({
  id: 'KIN-SEC-08',
  level: 'MUST',
  profile: 'security',
  evidence: ['guide'],
  sentence:
    'A request whose date is further from the clock of the service than its window, of 5 or of 15 minutes, is refused and stores nothing; within 4 minutes it is accepted.',
  source: 'Signature Version 4, elements of a request; Common errors, RequestExpired',
  fault: 'sec.no-skew-check',
  needs: [],
  exercises: { 'good requests': 1, forgeries: 8 },
  check: async (context) => {
    const stream = await context.stream(1);
    const minutes = [...good, ...between, ...tooMany];
    const requests = await datedPuts(context, stream, minutes);
    const tried = await tryAll(context, stream, requests);
    const accepted = (one: Tried) => one.status === 200 || one.stored;
    const at = (minute: number) => tried[minutes.indexOf(minute)]!;
    const wild = tooMany.map(at).find(accepted);
    if (wild) return broken(`${wild.what} was answered with ${told(wild)}; AWS refuses it`);
    const mute = tried.find(({ status }) => status === 0);
    if (mute) return unobserved(`${mute.what} got no answer`);
    const refused = good.map(at).find((one) => !accepted(one));
    if (refused) return broken(`${refused.what} was answered with ${told(refused)}; AWS accepts it`);
    const inside = between.filter((minute) => accepted(at(minute)));
    if (inside.length === 0) return holds('the window is 5 minutes each way (or another below 6)');
    if (inside.length === between.length) return holds('the window is 15 minutes each way (or another above 14)');
    return loose(
      `the window is neither 5 nor 15 minutes: of ${between.join(', ')}, accepted were ${inside.join(', ')}`,
    );
  },
});

/** Puts dated so many minutes from the endpoint's clock, as far as its answers tell it. */
async function datedPuts(context: Context, stream: Stream, minutes: readonly number[]): Promise<Forgery[]> {
  const { world, clock } = context;
  const { request } = await signedPut(context, stream, '');
  const date = Date.parse((await world.raw(request))?.headers['date'] ?? '');
  // A minute at the edges absorbs what clocks usually differ; beyond that, the endpoint's own date is believed.
  const offsetMs = Math.abs(date - clock.now()) > MINUTE_MS / 2 ? date - clock.now() : 0;
  const dated = async (minute: number) =>
    signedPut(context, stream, `PutRecord dated ${Math.abs(minute)} minutes ${minute < 0 ? 'ago' : 'ahead'}`, {
      nowMs: clock.now() + offsetMs + minute * MINUTE_MS,
    });
  return Promise.all(minutes.map(dated));
}
