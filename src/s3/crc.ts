/** The two cyclic redundancy checks that Node has not: CRC-32C and CRC-64/NVME, both reflected, byte by byte over a table. */

/** The table of CRC-32C (Castagnoli: 0x82F63B78). */
const table32c = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** The table of CRC-64/NVME (0x9A6C9329AC4BC9B5). */
const table64 = Array.from({ length: 256 }, (_, index) => {
  let crc = BigInt(index);
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1n ? (crc >> 1n) ^ 0x9a6c9329ac4bc9b5n : crc >> 1n;
  return crc;
});
/** The same in halves: arithmetic on integers of 64 bits would take a hundred times as long. */
const table64High = Uint32Array.from(table64, (crc) => Number(crc >> 32n));
const table64Low = Uint32Array.from(table64, (crc) => Number(crc & 0xffffffffn));

/** CRC-32C. */
export function crc32c(body: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of body) crc = (crc >>> 8) ^ table32c[(crc ^ byte) & 0xff]!;
  return (crc ^ 0xffffffff) >>> 0;
}

/** CRC-64/NVME, in halves: high, low. */
export function crc64nvme(body: Uint8Array): readonly [number, number] {
  let high = 0xffffffff;
  let low = 0xffffffff;
  for (const byte of body) {
    const index = (low ^ byte) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ table64Low[index]!;
    high = (high >>> 8) ^ table64High[index]!;
  }
  return [(high ^ 0xffffffff) >>> 0, (low ^ 0xffffffff) >>> 0];
}
