import { expect, test } from 'vitest';
import { readHiveType } from './hive-type.ts';

test.each([
  ['BIGINT', { kind: 'int', bits: 64 }],
  ['varchar(20)', { kind: 'string' }],
  ['decimal', { kind: 'decimal', precision: 10, scale: 0 }],
  ['decimal(38, 10)', { kind: 'decimal', precision: 38, scale: 10 }],
  ['array<array<int>>', { kind: 'array', element: { kind: 'array', element: { kind: 'int', bits: 32 } } }],
  [
    'struct<a:int,b:map<string,timestamp>>',
    {
      kind: 'struct',
      fields: [
        { name: 'a', type: { kind: 'int', bits: 32 } },
        { name: 'b', type: { kind: 'map', value: { kind: 'timestamp' } } },
      ],
    },
  ],
])('%s is read', (text, type) => {
  expect(readHiveType(text)).toEqual(type);
});

test.each([
  '',
  'binary',
  'text',
  'int>',
  'array',
  'array<int',
  'array<>',
  'map<int,int>',
  'struct<>',
  'struct<a:int',
  'struct<a:int,>',
  'decimal(39)',
  'decimal(3,4)',
  'decimal()',
  'char',
  'constructor',
  `${'array<'.repeat(30)}int${'>'.repeat(30)}`,
])('%j is no type', (text) => {
  expect(readHiveType(text)).toBeUndefined();
});
