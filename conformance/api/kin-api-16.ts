/** KIN-API-16: JSON and CBOR are two ways to write the same. */
import { isDeepStrictEqual } from 'node:util';
import { type OperationName, timestampMembers } from '../../src/protocol/operations.ts';
import { BodyBuffer } from '../../src/wire/body-buffer.ts';
import { type Encoding, codecOf, readBody } from '../../src/wire/codec.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { firstShard, horizon, iteratorAt, put, sweep } from '../records.ts';
import { type RawAnswer, signedRequest } from '../raw.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { isRate } from '../attempt.ts';
import { sleepFor, NS_PER_S } from '../../src/clock.ts';

export const kinApi16 = statement({
  id: 'KIN-API-16',
  level: 'SHOULD',
  evidence: ['emulator', 'recorded'],
  sentence:
    'JSON 1.1 and CBOR give equal results, data as base64 text in one and as bytes in the other; every answer has a request id in x-amzn-RequestId.',
  source: 'application/x-amz-cbor-1.1, as the Java SDKs send it',
  fault: 'api.cbor-string-blob',
  needs: [],
  uses: { streams: [1], shared: [] },
  exercises: { 'answers compared': 4, 'records in CBOR': 1 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const { ShardId } = firstShard(stream);
    // The first byte of UTF-8 alone, and one that never is: no text holds them.
    const data = Buffer.from([0xc3, 0x00, 0xff, 0x41]).toString('base64');
    const own = await put(context, stream, { key: 'ключ', data });
    await sweep(context, stream, ShardId, [own]);
    const iterators = [
      await iteratorAt(context, stream, ShardId, horizon),
      await iteratorAt(context, stream, ShardId, horizon),
    ];
    const asked = calls(stream, iterators as [string, string]);
    const wrong: string[] = [];
    let ids = 0;
    for (const { operation, requests, picked } of asked) {
      const [json, cbor] = [
        await say(context, operation, 'json', requests[0]),
        await say(context, operation, 'cbor', requests[1]),
      ];
      if (!json || !cbor) return unobserved(`${operation}: the connection ended without an answer`);
      for (const { headers } of [json, cbor]) if (headers['x-amzn-requestid']) ids += 1;
      const [one, other] = [read(json, 'json'), read(cbor, 'cbor')];
      if (one === undefined) return unobserved(`${operation} in JSON was answered with ${shown(json)}`);
      context.count('answers compared');
      if (other === undefined || cbor.status !== json.status) {
        return broken(`${operation} was answered with ${shown(json)} in JSON and with ${shown(cbor)} in CBOR`);
      }
      const records = operation === 'GetRecords' ? recordsIn(other) : [];
      context.count('records in CBOR', records.length);
      const text = records.find(({ Data }) => !(Data instanceof Uint8Array));
      if (text)
        return broken(
          `Data of a record in CBOR are ${JSON.stringify(text['Data'])}, no byte string; put was ${data} in base64`,
        );
      if (!isDeepStrictEqual(plain(picked(one)), plain(picked(other)))) {
        wrong.push(
          `${operation}: ${JSON.stringify(plain(picked(one)))} in JSON, ${JSON.stringify(plain(picked(other)))} in CBOR`,
        );
      }
    }
    if (wrong.length > 0) return broken(wrong.join('; '));
    const said = `${asked.length} operations answered the same in JSON and in CBOR`;
    return ids === 2 * asked.length
      ? holds(said)
      : loose(`${said}; ${ids} of ${2 * asked.length} answers had an x-amzn-RequestId`);
  },
});

/** A call in both forms, and what of its answer has to be the same. */
interface Call {
  readonly operation: OperationName;
  readonly requests: readonly [object, object];
  readonly picked: (answer: Members) => unknown;
}
type Members = Readonly<Record<string, unknown>>;

function calls({ name }: Stream, [one, other]: readonly [string, string]): Call[] {
  const same = (operation: OperationName, request: object): Call => ({
    operation,
    requests: [request, request],
    picked: (answer) => answer,
  });
  return [
    same('DescribeStreamSummary', { StreamName: name }),
    same('ListShards', { StreamName: name }),
    {
      operation: 'GetRecords',
      requests: [{ ShardIterator: one }, { ShardIterator: other }],
      picked: ({ Records }) => Records,
    },
    same('DescribeStream', { StreamName: `${name}-none` }),
  ];
}

async function say(
  context: Context,
  operation: OperationName,
  encoding: Encoding,
  request: object,
): Promise<RawAnswer | undefined> {
  const { world, clock, deadlineNs } = context;
  const codec = codecOf(encoding);
  const buffer = new BodyBuffer();
  codec.write(buffer, request);
  for (;;) {
    const answer = await world.raw(
      signedRequest(world.endpoint, {
        operation,
        body: Buffer.from(buffer.body),
        credentials: await world.endpoint.credentials(),
        nowMs: clock.now(),
        contentType: codec.contentType,
      }),
    );
    const type = answer && read(answer, encoding)?.['__type'];
    if (typeof type !== 'string' || !isRate(type)) return answer;
    if (clock.monotonicNs() > deadlineNs) throw new Unobservable(`${operation} was throttled until the deadline`);
    await sleepFor(clock, NS_PER_S / 4);
  }
}

/** The members of an answer; undefined for a body that is of another form, or says by its type that it is. */
function read({ body, headers }: RawAnswer, encoding: Encoding): Members | undefined {
  const type = headers['content-type'] ?? '';
  if (encoding === 'cbor' && type.includes('json')) return undefined;
  const value = readBody(body, type, codecOf(encoding));
  return typeof value === 'object' && value !== null ? (value as Members) : undefined;
}

function shown({ status, headers, body }: RawAnswer): string {
  return `${status} ${headers['content-type'] ?? '(no type)'} ${JSON.stringify(body.toString('latin1').slice(0, 120))}`;
}

function recordsIn({ Records }: Members): readonly Members[] {
  return Array.isArray(Records)
    ? Records.filter((record): record is Members => typeof record === 'object' && record !== null)
    : [];
}

/** A value as both forms can show it: bytes as base64, times to the millisecond, and nothing for null. */
function plain(value: unknown, name = ''): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((one) => plain(one));
  if (typeof value === 'number' && timestampMembers.has(name)) return Math.round(value * 1000);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([member, inner]) => [member, plain(inner, member)]));
}
