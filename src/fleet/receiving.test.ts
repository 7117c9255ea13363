/** What receivers take, and what they refuse. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { httpProtocol } from './http-protocol.ts';
import { splunkProtocol } from './splunk-protocol.ts';

const body = (value: unknown) => Buffer.from(JSON.stringify(value));
const said = (answer: { body: Buffer }): unknown => JSON.parse(answer.body.toString());

describe('http', () => {
  const protocol = httpProtocol('key');
  const headers = {
    'x-amz-firehose-request-id': 'id',
    'x-amz-firehose-protocol-version': '1.0',
    'x-amz-firehose-access-key': 'key',
  };
  const base64 = (text: string) => ({ data: Buffer.from(text).toString('base64') });
  const whole = { requestId: 'id', timestamp: 1, records: [base64('one,'), base64('two')] };
  const request = (value: unknown, more: Record<string, string> = {}) => ({
    method: 'POST',
    path: '/',
    headers: { ...headers, ...more },
    body: body(value),
  });

  test('takes records one behind the other, compressed or not, and repeats the id', () => {
    expect(protocol.given(request(whole))).toMatchObject({ kind: 'records', id: 'id', plain: Buffer.from('one,two') });
    const zipped = { ...request(whole, { 'content-encoding': 'gzip' }), body: gzipSync(body(whole)) };
    expect(protocol.given(zipped)).toMatchObject({ plain: Buffer.from('one,two') });
    expect(said(protocol.taken(7, request(whole)))).toEqual({ requestId: 'id', timestamp: 7 });
    expect(protocol.refusal(7, request(whole)).status).toBe(503);
  });

  test.each([
    ['no id', request(whole, { 'x-amz-firehose-request-id': '' }), 'there is no X-Amz-Firehose-Request-Id'],
    ['a version', request(whole, { 'x-amz-firehose-protocol-version': '2.0' }), 'Protocol-Version is not 1.0'],
    ['a key', request(whole, { 'x-amz-firehose-access-key': 'other' }), 'Access-Key is not that of the run'],
    ['another id', request({ ...whole, requestId: 'other' }), 'another requestId'],
    ['no records', request({ requestId: 'id' }), 'no list of records'],
    ['no data', request({ ...whole, records: [{}] }), 'a record has no data'],
    ['no JSON', { ...request(whole), body: Buffer.from('{') }, 'JSON'],
    ['no gzip', request(whole, { 'content-encoding': 'gzip' }), 'header'],
  ])('refuses %s', (_what, wrong, why) => {
    expect(protocol.given(wrong)).toMatchObject({ kind: 'wrong', why: expect.stringContaining(why) });
    expect(protocol.refused(7, wrong, 'why').status).toBe(400);
  });
});

describe('splunk', () => {
  const protocol = splunkProtocol('token');
  const request = (path: string, text: string, more: Record<string, string> = {}) => ({
    method: 'POST',
    path: `/services/collector/${path}`,
    headers: { authorization: 'Splunk token', 'x-splunk-request-channel': 'channel', ...more },
    body: Buffer.from(text),
  });

  test('takes events, and acknowledges what it gave a number, on its channel', () => {
    const events = request('raw', 'onetwo');
    expect(protocol.given(events)).toMatchObject({ kind: 'records', id: 'channel', plain: Buffer.from('onetwo') });
    expect([protocol.taken(1, events), protocol.taken(1, events)].map(said)).toMatchObject([
      { ackId: 0 },
      { ackId: 1 },
    ]);
    const asked = (more = {}) => {
      const given = protocol.given(request('ack', '{"acks":[0,1,2]}', more));
      return given.kind === 'answer' && said(given.answer);
    };
    expect(asked()).toEqual({ acks: { 0: true, 1: true, 2: false } });
    expect(asked({ 'x-splunk-request-channel': 'other' })).toEqual({ acks: { 0: false, 1: false, 2: false } });
  });

  test.each([
    ['a token', request('raw', 'x', { authorization: 'Splunk other' }), 'the token is not that of the run'],
    ['no channel', request('raw', 'x', { 'x-splunk-request-channel': '' }), 'there is no channel'],
    ['another path', request('health', 'x'), 'there is no /services/collector/health'],
  ])('refuses %s', (_what, wrong, why) => {
    expect(protocol.given(wrong)).toEqual({ kind: 'wrong', why });
  });

  test('a question that is none is answered with 400', () => {
    expect(protocol.given(request('ack', '{'))).toMatchObject({ kind: 'answer', answer: { status: 400 } });
    expect(protocol.refusal(1, request('raw', 'x')).status).toBe(503);
  });
});
