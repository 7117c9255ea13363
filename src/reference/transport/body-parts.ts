/**
 * The body of a request while it comes: pieces of any size, put together at the end. Small ones are copied together as they
 * come, since each would take more memory than it holds, and may keep a whole block of the connection's alive. A body that
 * is too large, or for which the server has no room, is thrown away, and what still comes of it.
 */
import { Share, type Traffic } from './traffic.ts';

/** Pieces below this size are copied together. */
const PIECE_BYTES_MIN = 4096;
const ROOM_BYTES = 65_536;
/** A body of a known length up to this one has its room at once; a longer one is believed as it comes. */
const ROOM_BYTES_MAX = 1024 * 1024;
const nothing = Buffer.alloc(0);

/** A whole body, or the status that says why there is none: too large, or no room. */
export type WholeBody = Buffer | 413 | 503;

/** One body at a time. */
export class BodyParts {
  readonly #bytesMax: number;
  readonly #share: Share;
  #parts: Buffer[] = [];
  /** Where pieces are copied together, how much of it they fill, and how large the next one will be. */
  #room: Buffer = nothing;
  #filled = 0;
  #roomBytes = ROOM_BYTES;
  #bytes = 0;
  #refused: 413 | 503 | undefined;

  /** Bodies of at most so many bytes. */
  constructor(bytesMax: number, traffic: Traffic) {
    this.#bytesMax = bytesMax;
    this.#share = new Share(traffic);
  }

  /** Says how long the body at hand will be, where that is known before its first piece. */
  expect(bytes: number): void {
    if (bytes <= ROOM_BYTES_MAX) this.#roomBytes = Math.max(ROOM_BYTES, bytes);
  }

  /** Takes the next piece. `last`: nothing follows, so that a body of one piece need not be copied. */
  add(bytes: Buffer, last: boolean): void {
    this.#bytes += bytes.length;
    if (this.#bytes > this.#bytesMax) this.#refuse(413);
    else if (this.#refused === undefined && !this.#share.hold(this.#bytes)) this.#refuse(503);
    if (this.#refused !== undefined) return;
    if (last && bytes.length === this.#bytes) this.#parts.push(bytes);
    else this.#keep(bytes);
  }

  /** The whole body; the next one begins. */
  take(): WholeBody {
    this.#leaveRoom();
    const body = this.#refused ?? (this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts));
    this.drop();
    return body;
  }

  /** Forgets what has come: nobody waits for the rest. */
  drop(): void {
    this.#forget();
    this.#bytes = 0;
    this.#roomBytes = ROOM_BYTES;
    this.#refused = undefined;
  }

  #refuse(status: 413 | 503): void {
    this.#refused = status;
    this.#forget();
  }

  #forget(): void {
    this.#parts = [];
    this.#room = nothing;
    this.#filled = 0;
    this.#share.release();
  }

  /** Keeps a piece: copied together with others where there is room for them, else as it is. */
  #keep(bytes: Buffer): void {
    if (this.#filled + bytes.length > this.#room.length) {
      this.#leaveRoom();
      if (bytes.length >= PIECE_BYTES_MIN && this.#roomBytes === ROOM_BYTES) {
        this.#parts.push(bytes);
        return;
      }
      this.#room = Buffer.allocUnsafeSlow(this.#roomBytes);
    }
    this.#filled += bytes.copy(this.#room, this.#filled);
  }

  /** What was copied together becomes a part. */
  #leaveRoom(): void {
    if (this.#filled > 0) this.#parts.push(this.#room.subarray(0, this.#filled));
    this.#room = nothing;
    this.#filled = 0;
  }
}
