/** KIN-SEC-07: the signature covers where a request goes and what it asks for. */
import { KINESIS_TARGET_PREFIX } from '../../src/protocol/operations.ts';
import type { Context, Stream } from '../context.ts';
import { signedRequest } from '../raw.ts';
import { statement } from '../statement.ts';
import { type Forgery, judgeForgeries, signedPut, tryAll, withHeaders } from './forgery.ts';

export const kinSec07 = statement({
  id: 'KIN-SEC-07',
  level: 'MUST',
  profile: 'security',
  evidence: ['inferred'],
  sentence:
    'A request of which a signed header, the operation, the host, the date, the region or the service was changed after signing is refused with a 4xx, and stores nothing.',
  source: 'Signature Version 4, canonical request and credential scope',
  fault: 'sec.scope-ignored',
  needs: [],
  exercises: { 'good requests': 1, forgeries: 7 },
  check: async (context) => {
    const stream = await context.stream(1);
    const tried = await tryAll(context, stream, await spoilt(context, stream));
    return judgeForgeries(tried, ['InvalidSignatureException', 'SignatureDoesNotMatch']);
  },
});

/** One request for everything that can be changed. */
async function spoilt(context: Context, stream: Stream): Promise<Forgery[]> {
  const { world, clock } = context;
  const signed = (what: string, parts = {}) => signedPut(context, stream, `PutRecord ${what}`, parts);
  const rescoped = async (what: string, from: string, to: string) => {
    const whole = await signed(what);
    const { authorization = '' } = whole.request.headers;
    return withHeaders(whole, { authorization: authorization.replace(`/${from}/`, `/${to}/`) });
  };
  const { region } = world.endpoint;
  const elsewhere = region === 'eu-west-1' ? 'us-west-2' : 'eu-west-1';
  const header = await signed('with Content-Type changed after signing');
  const dated = await signed('with X-Amz-Date changed by a second after signing');
  const other = await signed('signed for another host', { host: 'kinesis.example.com' });
  const target = await signed('whose target was signed as ListStreams');
  const asked = signedRequest(world.endpoint, {
    operation: 'ListStreams',
    body: target.request.body,
    credentials: await world.endpoint.credentials(),
    nowMs: clock.now(),
  });
  return [
    withHeaders(header, { 'content-type': 'application/x-amz-json-1.1; charset=utf-8' }),
    withHeaders(dated, { 'x-amz-date': nextSecond(dated.request.headers['x-amz-date'] ?? '') }),
    withHeaders(other, { host: new URL(world.endpoint.url).host }),
    withHeaders({ ...target, request: asked }, { 'x-amz-target': `${KINESIS_TARGET_PREFIX}.PutRecord` }),
    await rescoped(`with the region of its scope changed to ${elsewhere}`, region, elsewhere),
    await rescoped('with the service of its scope changed to firehose', 'kinesis', 'firehose'),
    await signed('signed for the service firehose', { service: 'firehose' }),
  ];
}

/** Another second of the same minute. */
function nextSecond(date: string): string {
  const last = date.endsWith('9Z') ? '8' : String(Number(date.at(-2)) + 1);
  return `${date.slice(0, -2)}${last}Z`;
}
