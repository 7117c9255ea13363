/** Messages of an event stream, written by the reference and read by us, however they are cut and whichever byte is wrong. */
import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { jsonCodec } from '../reference/codec-json.ts';
import { EventStreamWriter } from '../reference/event-stream.ts';
import { Refusal } from '../reference/refusal.ts';
import { codecOf } from './codec.ts';
import { type EventMessage, EventStreamFault, EventStreamReader } from './event-stream.ts';
import { messagesIn, type SubscriptionMessage } from './subscription.ts';
import type { StreamPiece } from './transport.ts';

const writer = new EventStreamWriter(jsonCodec);
const record = { SequenceNumber: '1', Data: 'AQID', PartitionKey: 'k' };
const event = (Records: object[] = [record]) =>
  writer.event(Buffer.from(JSON.stringify({ Records, MillisBehindLatest: 0, ContinuationSequenceNumber: '1' })));

test('messages are whole however their bytes are cut', () => {
  const sent = [writer.initialResponse(), event(), event([]), event(Array.from({ length: 50 }, () => record))];
  const bytes = Buffer.concat(sent);
  const whole = new EventStreamReader().read(bytes);
  expect(whole.map(({ headers }) => headers.get(':event-type'))).toEqual([
    'initial-response',
    ...Array<string>(3).fill('SubscribeToShardEvent'),
  ]);
  for (let seed = 1; seed <= 100; seed += 1) {
    const random = new Random(seed);
    const reader = new EventStreamReader();
    const messages: EventMessage[] = [];
    for (let at = 0; at < bytes.length;) {
      const to = Math.min(bytes.length, at + 1 + random.below(seed));
      messages.push(...reader.read(bytes.subarray(at, to)));
      at = to;
      expect(reader.pending || at === bytes.length || messages.length < sent.length).toBe(true);
    }
    expect(messages, `seed ${seed}`).toEqual(whole);
    expect(reader.pending).toBe(false);
  }
});

test('no byte can be wrong without being noticed', () => {
  const bytes = Buffer.concat([event(), event()]);
  for (let at = 0; at < bytes.length; at += 1) {
    const wrong = Buffer.from(bytes);
    wrong[at]! ^= 1 << (at % 8);
    expect(() => new EventStreamReader().read(wrong), `byte ${at}`).toThrow(EventStreamFault);
  }
});

/** What a subscription says when these pieces come. */
async function said(...pieces: (Buffer | Exclude<StreamPiece, { kind: 'bytes' }>)[]): Promise<SubscriptionMessage[]> {
  async function* stream(): AsyncGenerator<StreamPiece> {
    for (const piece of pieces) yield Buffer.isBuffer(piece) ? { kind: 'bytes', bytes: piece, receivedNs: 7 } : piece;
  }
  const messages: SubscriptionMessage[] = [];
  for await (const message of messagesIn({ pieces: stream() }, codecOf('json'))) messages.push(message);
  return messages;
}

const end = { kind: 'end', receivedNs: 9 } as const;

test('a subscription says its events, and how it ended', async () => {
  const received = { Records: [{ ...record, Data: Buffer.from([1, 2, 3]) }], ContinuationSequenceNumber: '1' };
  expect(await said(writer.initialResponse(), event(), end)).toMatchObject([
    { kind: 'event', event: received, receivedNs: 7 },
    { kind: 'end', receivedNs: 9 },
  ]);
  const refusal = new Refusal('ResourceNotFoundException', 'gone');
  expect(await said(event(), writer.exception(refusal), event())).toMatchObject([
    { kind: 'event' },
    { kind: 'exception', code: 'ResourceNotFoundException', message: 'gone' },
  ]);
  expect(await said(event(), writer.eventWithBadCrc(Buffer.from('{}')), event())).toMatchObject([
    { kind: 'event' },
    { kind: 'broken', reason: 'bad-crc', message: 'the message fails its CRC' },
  ]);
  expect(await said(event(), event().subarray(0, -1), end)).toMatchObject([
    { kind: 'event' },
    { kind: 'broken', reason: 'cut' },
  ]);
  const failure = { kind: 'failure', reason: 'reset-stream', message: 'code 2', receivedNs: 9 } as const;
  expect(await said(event(), failure)).toMatchObject([{ kind: 'event' }, { kind: 'broken', reason: 'reset-stream' }]);
  expect(await said(writer.event(Buffer.from('{"Records":[{}]}')))).toMatchObject([
    { kind: 'broken', reason: 'malformed' },
  ]);
});
