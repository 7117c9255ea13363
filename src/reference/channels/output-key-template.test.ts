/** Keys by their templates, the examples of the developer guide among them. */
import { expect, test } from 'vitest';
import { Random } from '../../random.ts';
import { OUTPUT_KEY_TEMPLATE_DEFAULT, writeKey, wrongTemplate } from './output-key-template.ts';

const owner = { name: 'my-channel', id: 'abc123', streamName: 'my-stream' };
const atMs = Date.UTC(2026, 6, 20, 14, 30);
const gzip = { extension: '.gz' };
const none = { extension: '' };
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}/;

test.each([
  [
    OUTPUT_KEY_TEMPLATE_DEFAULT,
    gzip,
    'kinesis-channel/my-channel/abc123/2026/07/20/14/my-channel-abc123-2026-07-20-14-30-*.gz',
  ],
  ['!{channel-name}/!{channel-id}', none, 'my-channel/abc123-*'],
  [
    'data/stream=!{stream-name}/!{yyyy}-!{MM}-!{dd}/!{HH}!{mm}!{extension:.json}',
    gzip,
    'data/stream=my-stream/2026-07-20/1430-*.json',
  ],
  ['!{yy}/records!{extension}', none, '26/records-*'],
])('%s is written', (template, compression, expected) => {
  const { key, file } = writeKey(template, owner, compression, atMs, new Random(1));
  expect(key.replace(UUID, '*')).toBe(expected);
  expect(key).toContain(file);
  expect(writeKey(template, owner, compression, atMs, new Random(2)).key).not.toBe(key);
});

test.each([
  ['!{channel-name}/!{yyyy}/!{MM}/!{dd}/!{HH}/records!{extension}', gzip, undefined],
  ['data/stream=!{stream-name}/!{yyyy}-!{MM}-!{dd}/!{HH}!{mm}!{extension:.json}', gzip, undefined],
  ['!{channel-name}/!{channel-id}', none, undefined],
  ['/data/!{channel-name}!{extension}', none, 'it starts with a slash'],
  ['data/../!{channel-name}!{extension}', none, 'it has a path traversal'],
  ['data/./!{channel-name}', none, 'it has a path traversal'],
  ['data//!{channel-name}!{extension}', none, 'it has consecutive slashes'],
  ['!{channel-name}!{extension}/!{yyyy}', none, 'the extension is not at its end'],
  ['!{extension}!{extension:.a}', none, 'it has more than one extension'],
  ['data/!{partition-id}!{extension}', none, '!{partition-id} is not a variable'],
  ['data/!{toString}!{extension}', none, '!{toString} is not a variable'],
  ['data/!{extension:json}', none, '!{extension:json} is not a variable'],
  ['data/!{channel-name}', gzip, 'it has no extension, which it must have where objects are compressed'],
  ['data/!{channel-name}/!{yyyy', none, 'a placeholder is never closed'],
  ['data/{yyyy}', none, 'it has characters that may not be in it'],
  [`!{yyyy}${'a'.repeat(982)}`, none, undefined],
  [`!{yyyy}${'a'.repeat(983)}`, none, 'it has more than 986 characters once it is expanded'],
])('%s is judged', (template, compression, wrong) => {
  expect(wrongTemplate(template, owner, compression)).toBe(wrong);
});
