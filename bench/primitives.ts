/** What the parts of a request cost, and their alternatives that were not taken: CPU of one of each, in ns. */
import { createHmac, hash } from 'node:crypto';
import { row } from './table.ts';

const ROUNDS = 5;
const TIMES = 100_000;
const data = Buffer.alloc(1024, 7);
const out = Buffer.alloc(4096);
const body = Buffer.alloc(1440, 0x41);
const canonical = 'c'.repeat(350);
const block = Buffer.alloc(256, 0x36);
const key = Buffer.alloc(32, 1);

const alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const pairs = Uint16Array.from({ length: 4096 }, (_, bits) => alphabet[bits >> 6]! | (alphabet[bits & 63]! << 8));

/** Base64 without leaving JavaScript: no text is made. */
function encodeByTable(): void {
  let at = 0;
  for (let from = 0; from + 2 < data.length; from += 3) {
    const bits = (data[from]! << 16) | (data[from + 1]! << 8) | data[from + 2]!;
    const [high, low] = [pairs[bits >> 12]!, pairs[bits & 4095]!];
    out[at] = high;
    out[at + 1] = high >> 8;
    out[at + 2] = low;
    out[at + 3] = low >> 8;
    at += 4;
  }
}

const parts: readonly (readonly [name: string, work: () => unknown])[] = [
  ['hash of a body, 1440 B', () => hash('sha256', body, 'hex')],
  ['hash of a text, 350 B', () => hash('sha256', canonical, 'hex')],
  ['HMAC, two hashes in hex', () => hash('sha256', hash('sha256', block, 'hex').padEnd(96), 'hex')],
  ['HMAC, hashes in Buffers', () => hash('sha256', Buffer.concat([block, hash('sha256', block, 'buffer')]), 'hex')],
  ['HMAC, createHmac', () => createHmac('sha256', key).update(canonical).digest('hex')],
  ['base64 of 1 KiB, by text', () => out.write(data.toString('base64'), 0, 'latin1')],
  ['base64 of 1 KiB, by table', encodeByTable],
  ['copy of 1 KiB', () => data.copy(out)],
  ['a view of a Buffer', () => out.subarray(0, 100)],
];

/** Prints the table. */
export function primitives(): Promise<void> {
  console.log(row('primitive', 'CPU, ns'));
  for (const [name, work] of parts) {
    let least = Infinity;
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = process.cpuUsage();
      for (let time = 0; time < TIMES; time += 1) work();
      const { user, system } = process.cpuUsage(before);
      least = Math.min(least, ((user + system) * 1000) / TIMES);
    }
    console.log(row(`  ${name}`, least.toFixed(0)));
  }
  return Promise.resolve();
}
