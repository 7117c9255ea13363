/**
 * A buffer that grows: bodies are written into it front to back. Whoever writes asks for room first, and then writes
 * without further checks.
 */
export class BodyWriter {
  bytes: Buffer;
  at = 0;

  /** Room for so many bytes at first. */
  constructor(room: number) {
    this.bytes = Buffer.allocUnsafeSlow(room);
  }

  /** Makes sure that so many more bytes can be written. */
  reserve(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.at + bytes, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  /** Writes bytes for which there is room. */
  put(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** What was written. */
  done(): Buffer {
    return this.bytes.subarray(0, this.at);
  }
}
