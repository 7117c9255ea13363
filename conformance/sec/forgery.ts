/**
 * Requests that nobody with the right keys would send: each would store a record of its own, so that a forgery shows in what
 * can be read afterwards as well as in the answer. Beside them goes one request as it should be: who refuses everything
 * refuses no forgery.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { isRate } from '../attempt.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { type RawAnswer, type RawRequest, type SignedParts, signedRequest } from '../raw.ts';
import { absent, firstShard, put, read } from '../records.ts';
import { type Finding, broken, holds, loose, unobserved } from '../statement.ts';

/** How often a request is sent that is met with server errors. */
const SERVER_ERRORS = 3;

export interface Forgery {
  /** In words, to be followed by "was answered with". */
  readonly what: string;
  readonly request: RawRequest;
  /** Base64 of the record that it would store. */
  readonly data: string;
}

export interface Tried extends Forgery, Refusal {
  readonly stored: boolean;
}

/** What an answer says of an error; status 0 where none came. */
export interface Refusal {
  readonly status: number;
  /** Empty where it names none. */
  readonly type: string;
  readonly message: string;
}

/** A PutRecord of a record of its own, signed as a client does it but for `parts`. */
export async function signedPut(
  context: Context,
  stream: Stream,
  what: string,
  parts: Partial<Omit<SignedParts, 'operation' | 'body'>> = {},
): Promise<Forgery> {
  const { world, clock } = context;
  const data = context.data();
  const request = signedRequest(world.endpoint, {
    credentials: await world.endpoint.credentials(),
    nowMs: clock.now(),
    ...parts,
    operation: 'PutRecord',
    body: JSON.stringify({ StreamName: stream.name, PartitionKey: 'forged', Data: data }),
  });
  return { what, request, data };
}

/** The same request with other headers; undefined takes one away. */
export function withHeaders(forgery: Forgery, headers: Readonly<Record<string, string | undefined>>): Forgery {
  const all = Object.entries({ ...forgery.request.headers, ...headers });
  const kept = all.filter((header): header is [string, string] => header[1] !== undefined);
  return { ...forgery, request: { ...forgery.request, headers: Object.fromEntries(kept) } };
}

/** Reads an answer that may be anything. */
export function refusalIn({ status, headers, body }: RawAnswer): Refusal {
  const text = body.toString();
  let named: { __type?: unknown; message?: unknown; Message?: unknown } = {};
  try {
    named = Object(JSON.parse(text)) as typeof named;
  } catch {
    // XML, HTML or nothing: the text is all there is.
  }
  const type = named.__type ?? headers['x-amzn-errortype'] ?? '';
  const message = named.message ?? named.Message ?? text;
  return {
    status,
    type: (typeof type === 'string' ? type : '').split('#').at(-1)!.split(':')[0]!,
    message: typeof message === 'string' ? message.slice(0, 1000) : '',
  };
}

/** A refusal for messages. */
export function told({ status, type, message }: Refusal): string {
  return `${status} ${type} ${JSON.stringify(message.slice(0, 160))}`;
}

/** Sends forgeries one by one, then reads what was stored meanwhile. Counts `good requests` and `forgeries`. */
export async function tryAll(context: Context, stream: Stream, forgeries: readonly Forgery[]): Promise<Tried[]> {
  const first = await put(context, stream, { key: 'before' });
  const good = await sent(context, await signedPut(context, stream, 'a PutRecord signed as it should be'));
  if (good.status !== 200) throw new Unobservable(`a PutRecord signed as it should be was answered with ${told(good)}`);
  context.count('good requests');
  const answers: (Forgery & Refusal)[] = [];
  for (const forgery of forgeries) {
    answers.push({ ...forgery, ...(await sent(context, forgery)) });
    context.count('forgeries');
  }
  // A record of our own behind them shows that everything before it was read.
  const last = await put(context, stream, { key: 'after' });
  const from = { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: first.sequenceNumber } as const;
  const records = await read(context, stream, firstShard(stream).ShardId, from, { expect: [first, last] });
  if (absent([last], records).length > 0) throw new Unobservable('nothing could be read after the forgeries');
  const stored = new Set(records.map(({ Data }) => Data.toString('base64')));
  return answers.map((answer) => ({ ...answer, stored: stored.has(answer.data) }));
}

/** A server error is met with another try: any endpoint may have one by chance. */
async function sent({ world, clock }: Context, { what, request }: Forgery): Promise<Refusal> {
  for (let tries = 1; ; tries += 1) {
    const answer = await world.raw(request);
    if (!answer) return { status: 0, type: '', message: 'no answer' };
    const refusal = refusalIn(answer);
    if (isRate(refusal.type)) throw new Unobservable(`${what} was throttled`);
    if (refusal.status < 500 || tries === SERVER_ERRORS) return refusal;
    await sleepFor(clock, NS_PER_S / 4);
  }
}

/** Each has to be refused with a 4xx and to store nothing; `types` are the names AWS has for the refusal. */
export function judgeForgeries(tried: readonly Tried[], types: readonly string[]): Finding {
  const stored = tried.find((one) => one.stored);
  if (stored) return broken(`${stored.what} was answered with ${told(stored)}, and its record was stored`);
  const accepted = tried.find(({ status }) => status !== 0 && (status < 400 || status > 499));
  if (accepted) return broken(`${accepted.what} was answered with ${told(accepted)}; AWS refuses it with a 4xx`);
  const mute = tried.find(({ status }) => status === 0);
  if (mute) return unobserved(`${mute.what} got no answer, and stored nothing`);
  const other = tried.find(({ type }) => !types.includes(type));
  if (other) return loose(`${other.what} was refused with ${told(other)}; AWS names it ${types.join(' or ')}`);
  return holds(tried.map((one) => `${one.what} was refused with ${one.status} ${one.type}`).join('; '));
}
