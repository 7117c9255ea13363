/** KIN-SEC-11: what no client would send is refused, and the endpoint lives on. */
import { sleepFor, NS_PER_S } from '../../src/clock.ts';
import type { Context, Stream } from '../context.ts';
import { answerOf } from '../attempt.ts';
import { signedRequest } from '../raw.ts';
import { broken, holds, loose, statement } from '../statement.ts';
import { refusalIn, told } from './forgery.ts';

const DEPTH = 20_000;
const LARGE_BYTES = 50_000_000;
/** How long an endpoint may take to answer again, in s: one that is only slow is not dead. */
const REVIVAL_S = 15;
const PING_TIMEOUT_NS = 5 * NS_PER_S;

/** Too large for any request: who does not read it to its end may end the connection (RFC 9110, 15.5.14). */
const LARGEST = `${LARGE_BYTES / 1_000_000} MB of blanks around nothing`;
/** Bodies, by what is wrong with them. */
const bodies: Readonly<Record<string, () => string | Buffer>> = {
  [`${DEPTH} opening brackets`]: () => '['.repeat(DEPTH),
  [`lists ${DEPTH} deep`]: () => `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`,
  [`a StreamName that is structures ${DEPTH} deep`]: () =>
    `{"StreamName":${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}}`,
  'a StreamName that is a number of 20,000 digits': () => `{"StreamName":${'9'.repeat(20_000)}}`,
  'a Limit of 1e999999999': () => '{"StreamName":"none","Limit":1e999999999}',
  'a StreamName of a lone surrogate and NUL': () => '{"StreamName":"\\ud800\\u0000"}',
  'bytes that are no UTF-8': () => Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
  'half a JSON text': () => '{"StreamName":"non',
  'a member named __proto__ and no other': () => '{"__proto__":{"StreamName":"none"},"constructor":1}',
  [LARGEST]: () => `{${' '.repeat(LARGE_BYTES)}}`,
};

export const kinSec11 = statement({
  id: 'KIN-SEC-11',
  level: 'SHOULD',
  profile: 'security',
  evidence: ['emulator'],
  sentence:
    'A body that no client would send (deep nesting, huge numbers, broken text) is refused with a 4xx, one of 50 MB with a 4xx or the end of its connection, and the endpoint goes on answering.',
  source: 'Common errors, SerializationException; HTTP 413',
  fault: 'sec.crash-on-deep',
  needs: [],
  exercises: { 'hostile bodies': Object.keys(bodies).length, 'answers after them': Object.keys(bodies).length },
  check: async (context) => {
    const { world, clock } = context;
    const stream = await context.stream(1);
    const credentials = await world.endpoint.credentials();
    const refused: string[] = [];
    let odd = '';
    for (const [what, body] of Object.entries(bodies)) {
      const parts = { operation: 'DescribeStream', credentials, nowMs: clock.now() } as const;
      const answer = await world.raw(signedRequest(world.endpoint, { ...parts, body: body() }));
      context.count('hostile bodies');
      const came = answer ? told(refusalIn(answer)) : 'nothing';
      const dead = await silenceOf(context, stream);
      if (dead)
        return broken(
          `DescribeStream with ${what} was answered with ${came}; for ${REVIVAL_S} s after it, nothing else was answered either: ${dead}`,
        );
      context.count('answers after them');
      if (answer && (answer.status < 400 || answer.status > 499)) {
        return broken(`DescribeStream with ${what} was answered with ${came}; AWS refuses it with a 4xx`);
      }
      if (!answer && what !== LARGEST)
        odd ||= `DescribeStream with ${what} was answered with ${came}, where AWS refuses with a 4xx`;
      refused.push(`${what}: ${answer?.status ?? 'ended'}`);
    }
    return odd ? loose(odd) : holds(refused.join('; '));
  },
});

/** What comes of a plain call if the endpoint does not answer it any more; undefined where it does, whatever it says. */
async function silenceOf({ client, clock }: Context, { name }: Stream): Promise<string | undefined> {
  const untilNs = clock.monotonicNs() + REVIVAL_S * NS_PER_S;
  for (;;) {
    const options = { timeoutNs: PING_TIMEOUT_NS };
    const outcome = await client.call('DescribeStreamSummary', { StreamName: name }, options);
    if (outcome.kind === 'ok' || (outcome.kind === 'error' && outcome.status < 500)) return undefined;
    if (clock.monotonicNs() >= untilNs) return answerOf(outcome);
    await sleepFor(clock, NS_PER_S / 4);
  }
}
