/** Sends a body while it is made. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { StreamedBody } from '../endpoint.ts';
import { Share, type Traffic } from './traffic.ts';

/**
 * Writes the pieces of a body as fast as the client takes them: while it does not read, none is made. Resolves with true at
 * the body's end (the sink stays open), with false when the client has left, the body broke off,
 * or the server holds too much already.
 */
export async function sendStream(
  body: StreamedBody,
  sink: Writable,
  traffic: Traffic,
  wrap: (piece: Uint8Array) => Uint8Array = (piece) => piece,
): Promise<boolean> {
  const gone = new AbortController();
  const share = new Share(traffic);
  const leave = () => gone.abort();
  sink.once('close', leave);
  try {
    if (sink.destroyed) return false;
    for await (const piece of body(gone.signal)) {
      if (gone.signal.aborted) return false;
      // An empty piece would end a chunked body.
      if (piece.length === 0) continue;
      if (!share.hold(piece.length)) return false;
      if (!sink.write(wrap(piece))) await once(sink, 'drain', { signal: gone.signal });
      share.release();
    }
    return !gone.signal.aborted;
  } catch {
    return false;
  } finally {
    share.release();
    sink.off('close', leave);
  }
}
