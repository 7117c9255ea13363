/** Tells by the first bytes of a connection which protocol it speaks. */
import type { Duplex } from 'node:stream';
import type { SlowClients } from './slow-clients.ts';

/** What a connection can begin with. */
export type Protocol = 'tls' | 'http1' | 'http2';

/** How a connection begins that speaks HTTP/2 with prior knowledge (RFC 9113, 3.4); no HTTP/1.1 method begins so. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** The content type of a TLS record that carries a handshake (RFC 8446, 5.1). */
const TLS_HANDSHAKE = 0x16;

/** Calls back once, with the socket paused and the bytes read so far. A peer that ends before it has asked anything gets no answer. */
export function recognise(socket: Duplex, slow: SlowClients, found: (protocol: Protocol, first: Buffer) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const silent = { waitsForClient: true, progress: 0, expire: () => socket.destroy() };
  const finish = () => {
    slow.delete(silent);
    socket.off('data', onData);
    socket.off('end', onEnd);
    socket.off('close', finish);
  };
  const onData = (chunk: Buffer) => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const compared = Math.min(seen.length, PREFACE.length);
    const asPreface = seen.subarray(0, compared).equals(PREFACE.subarray(0, compared));
    if (asPreface && compared < PREFACE.length) return;
    socket.pause();
    finish();
    found(asPreface ? 'http2' : seen[0] === TLS_HANDSHAKE ? 'tls' : 'http1', seen);
  };
  const onEnd = () => {
    finish();
    socket.destroy();
  };
  slow.add(silent);
  socket.on('data', onData);
  socket.on('end', onEnd);
  socket.on('close', finish);
}
