/**
 * The control port: the clock, the faults and the state of a reference, for tests that drive it from outside its process.
 * Apart from the port of the protocol, off by default, JSON in and out. It obeys whoever reaches it, so it listens on this
 * machine only and answers no page of a browser: a Host that is not loopback, or an Origin, is refused.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { OperatorError } from '../../operator-error.ts';
import type { Controls } from './controls.ts';
import { answerTo, refusal, type ControlAnswer } from './routes.ts';

/** Bytes of a request's body at the most. */
const BODY_BYTES_MAX = 65_536;

/** A listening control port. */
export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1; port 0 takes a free one. Rejects with an OperatorError when it cannot. */
export async function startControlServer(controls: Controls, port: number): Promise<ControlServer> {
  const server = createServer((request, response) => {
    const answered = answer(controls, request).then(({ status, body, afterwards }) => {
      const text = `${JSON.stringify(body, undefined, 2)}\n`;
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      if (afterwards) response.once('close', afterwards);
      return response.end(text);
    });
    // Only a client that is gone in the middle of its request leaves one without an answer.
    answered.catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(error, port)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const taken = typeof address === 'object' && address ? address.port : port;
  return { url: `http://127.0.0.1:${taken}`, close: () => close(server) };
}

function cannotListen(error: Error, port: number): OperatorError {
  return new OperatorError(`the control port ${port} cannot be used: ${error.message}`, {
    code: 'control-port',
    hint: 'Choose another one, or 0 for a free one.',
    cause: error,
  });
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

async function answer(controls: Controls, request: IncomingMessage): Promise<ControlAnswer> {
  const { method = '', url = '/', headers } = request;
  if (headers.origin !== undefined || !/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(headers.host ?? '')) {
    return refusal(403, 'this port answers programs of this machine only', 'Ask http://127.0.0.1 without an Origin.');
  }
  const body = await bodyOf(request);
  if (body === undefined) return refusal(413, `the body is longer than ${BODY_BYTES_MAX} bytes`, 'Send less.');
  try {
    const asked = URL.parse(url, 'http://127.0.0.1');
    return asked ? await answerTo(controls, method, asked, body) : refusal(404, `there is no ${url}`, undefined);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return refusal(400, error.message, error.hint);
  }
}

/** The body; undefined when it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part: Buffer = chunk;
    bytes += part.length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(part);
  }
  return bytes > BODY_BYTES_MAX ? undefined : Buffer.concat(chunks).toString();
}
