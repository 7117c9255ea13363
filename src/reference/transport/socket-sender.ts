/**
 * The sender of Data Firehose over sockets: HTTP/1.1, with connections that are kept, and TLS checked against the roots of Node (others
 * by NODE_EXTRA_CA_CERTS). Connections that wait hold no process.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import { ANSWER_BYTES_MAX, SendError, type IncomingAnswer, type Sender, type Trouble } from '../firehose/sender.ts';

/** A sender with connections of its own. */
export function socketSender(): Sender {
  const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
  return (request, signal) =>
    new Promise((resolve, reject) => {
      const { url, headers, body, answerBytesMax = ANSWER_BYTES_MAX } = request;
      const tls = new URL(url).protocol === 'https:';
      const options = { method: 'POST', headers: { ...headers, 'content-length': body.length }, signal };
      const outgoing = tls
        ? https.request(url, { ...options, agent: agents.https })
        : http.request(url, { ...options, agent: agents.http });
      let connected = false;
      outgoing.on('socket', (socket) => {
        connected = !socket.connecting;
        // A socket that is kept connects no more: it would gather listeners that nobody ever calls.
        if (!connected) socket.once(tls ? 'secureConnect' : 'connect', () => (connected = true));
      });
      outgoing.on('error', (error) => reject(new SendError(troubleOf(error, connected), error)));
      outgoing.on('response', (incoming) => {
        read(incoming, answerBytesMax).then(resolve, (error: unknown) => {
          outgoing.destroy();
          reject(error instanceof SendError ? error : new SendError('connection-reset', error));
        });
      });
      outgoing.end(body);
    });
}

async function read(incoming: http.IncomingMessage, bytesMax: number): Promise<IncomingAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    const part: Buffer = chunk;
    bytes += part.length;
    if (bytes > bytesMax) throw new SendError('answer-too-large');
    chunks.push(part);
  }
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  return { status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks) };
}

/** Certificates that are not believed, and handshakes that fail, have codes of their own in Node. */
const TLS_CODE = /CERT|SSL|TLS|EPROTO|SELF_SIGNED|UNABLE_TO_VERIFY/;

function troubleOf(error: Error, connected: boolean): Trouble {
  const code = 'code' in error ? String(error.code) : '';
  if (TLS_CODE.test(code)) return 'tls';
  return connected ? 'connection-reset' : 'connection-failed';
}
