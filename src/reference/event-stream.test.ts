import { describe, expect, test } from 'vitest';
import { jsonCodec } from './codec-json.ts';
import { EventStreamReader } from './event-stream-reader.ts';
import { EventStreamWriter } from './event-stream.ts';
import { Refusal } from './refusal.ts';

const writer = new EventStreamWriter(jsonCodec);
const type = 'application/x-amz-json-1.1';

test('the bytes of the first message', () => {
  expect(writer.initialResponse().toString('latin1')).toBe(
    Buffer.concat([
      // 114 bytes in all, 96 of headers, and the CRC of these two (here and below from another implementation).
      Buffer.from('0000007200000060ab820d9e', 'hex'),
      Buffer.from('\x0d:message-type\x07\x00\x05event\x0b:event-type\x07\x00\x10initial-response'),
      Buffer.from(`\x0d:content-type\x07\x00\x1a${type}{}`),
      Buffer.from('e16e66e4', 'hex'),
    ]).toString('latin1'),
  );
});

describe('what is written can be read', () => {
  test.each([
    [
      'an initial response',
      writer.initialResponse(),
      { ':message-type': 'event', ':event-type': 'initial-response' },
      '{}',
    ],
    [
      'an event',
      writer.event(Buffer.from('{"Records":[]}')),
      { ':message-type': 'event', ':event-type': 'SubscribeToShardEvent' },
      '{"Records":[]}',
    ],
    [
      'an exception',
      writer.exception(new Refusal('ResourceInUseException', 'busy')),
      { ':message-type': 'exception', ':exception-type': 'ResourceInUseException' },
      '{"message":"busy"}',
    ],
  ])('%s', (_name, bytes, headers, payload) => {
    const reader = new EventStreamReader();
    const [message] = reader.read(bytes);
    expect(message).toMatchObject({ headers: { ...headers, ':content-type': type }, intact: true });
    expect(message?.payload.toString()).toBe(payload);
    expect(reader.pending).toBe(0);
  });

  test('byte by byte', () => {
    const reader = new EventStreamReader();
    const bytes = Buffer.concat([writer.initialResponse(), writer.event(Buffer.alloc(1000, 7))]);
    const messages = Array.from(bytes).flatMap((byte) => reader.read(Uint8Array.of(byte)));
    expect(messages.map(({ payload }) => payload.length)).toEqual([2, 1000]);
  });
});

test('a bit that flips anywhere behind the lengths is noticed', () => {
  const bytes = writer.event(Buffer.from('{"Records":[]}'));
  for (let at = 8; at < bytes.length; at += 1) {
    const broken = Buffer.from(bytes);
    broken[at]! ^= 1;
    // A broken header may not be readable at all.
    const intact = () => new EventStreamReader().read(broken).map((message) => message.intact);
    if (at < 12 || at >= bytes.length - 18) expect(intact()).toEqual([false]);
  }
  expect(new EventStreamReader().read(writer.eventWithBadCrc(Buffer.alloc(1)))).toMatchObject([{ intact: false }]);
});
