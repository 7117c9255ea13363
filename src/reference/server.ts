/**
 * The sockets of the embedded endpoint, and nothing else: one port that speaks HTTP/1.1 and HTTP/2, plain and by TLS. The
 * first bytes of a connection say which: the AWS SDK for JavaScript speaks HTTP/2 to Kinesis with prior knowledge even on
 * plain http, most other clients HTTP/1.1; a TLS client begins with a handshake, and names the protocol inside it.
 */
import { createServer as createNet, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTls, type Server as TlsServer } from 'node:tls';
import { inspect } from 'node:util';
import { OperatorError } from '../operator-error.ts';
import type { RequestHandler } from './endpoint.ts';
import { guarded, type OnDefect } from './guard.ts';
import { checkCertificate, makeCertificate, type Certificate } from './transport/certificate.ts';
import { serveHttp1 } from './transport/http1-connection.ts';
import { http2Requests } from './transport/http2-requests.ts';
import { recognise } from './transport/recognise.ts';
import { SlowClients } from './transport/slow-clients.ts';
import { Traffic } from './transport/traffic.ts';

/** 10 MiB of records are 13.4 MiB of base64; keys and names come on top. A larger body is answered with 413. */
const BODY_BYTES_MAX = 20 * 1024 * 1024;
/** Connections that wait to be accepted; beyond Node's 511 the kernel drops them, and a fleet that starts at once is larger. */
const BACKLOG = 4096;
/**
 * Of requests that are not complete and answers that are not read, over all connections: fifty of the largest bodies, or a
 * thousand and more clients in the middle of a full PutRecords.
 */
const TRAFFIC_BYTES_MAX = 1024 * 1024 * 1024;
/** Different defects that are printed. */
const DEFECTS_MAX = 20;
/** For how long a client may keep the server waiting, in seconds. */
const PATIENCE_S = 120;

/** Where to listen, and as whom. */
export interface ServerOptions {
  /** 127.0.0.1 by default. Whoever asks for another interface opens an endpoint that accepts any key to others. */
  readonly host?: string | undefined;
  /** 0, the default, takes a free one. */
  readonly port?: number | undefined;
  /** For TLS; by default one is made for this machine. */
  readonly certificate?: Certificate | undefined;
  /** Bytes of requests that are not complete and of answers that are not read, over all connections, at the most; 1 GiB by default. */
  readonly trafficBytesMax?: number | undefined;
  /** For how long a client may keep the server waiting within a request or an answer, in seconds; 120 by default. */
  readonly patienceS?: number | undefined;
  /** Told of requests that make the endpoint throw; by default each is printed on stderr once. */
  readonly onDefect?: OnDefect | undefined;
}

/** A listening endpoint. */
export interface ReferenceServer extends AsyncDisposable {
  readonly url: string;
  /** The same port by TLS. */
  readonly tlsUrl: string;
  readonly host: string;
  readonly port: number;
  /** Connections that are open now. */
  readonly connections: number;
  /** PEM of the certificate that TLS clients have to trust. */
  certificate(): Promise<string>;
  /** Cuts every connection, and goes on listening. */
  cut(): void;
  /** Stops listening and ends every connection; resolves when all are closed. */
  close(): Promise<void>;
}

/**
 * Listens. Rejects with an OperatorError when the port is taken, the host is not of this machine or the certificate cannot
 * be used.
 */
export async function startServer(endpoint: RequestHandler, options: ServerOptions = {}): Promise<ReferenceServer> {
  const host = options.host ?? '127.0.0.1';
  if (options.certificate) checkCertificate(options.certificate);
  let certificate = options.certificate && Promise.resolve(options.certificate);
  const certificateOf = () => (certificate ??= makeCertificate(host));
  const sockets = new Set<Socket>();
  const closing = new AbortController();
  const patienceS = options.patienceS ?? PATIENCE_S;
  const traffic = new Traffic(options.trafficBytesMax ?? TRAFFIC_BYTES_MAX);
  const slow = new SlowClients(patienceS, closing.signal);
  const accept = acceptor({
    endpoint: guarded(endpoint, options.onDefect ?? defectPrinter()),
    certificateOf,
    slow,
    patienceS,
    traffic,
  });
  const net = createNet({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    accept(socket);
  });
  await new Promise<void>((resolve, reject) => {
    net.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, options.port)));
    net.listen({ port: options.port ?? 0, host, backlog: BACKLOG }, resolve);
  });
  const address = net.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const close = async () => {
    closing.abort();
    const closed = new Promise<void>((resolve) => net.close(() => resolve()));
    cut();
    await closed;
  };
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    url: `http://${authority}`,
    tlsUrl: `https://${authority}`,
    host,
    port,
    get connections() {
      return sockets.size;
    },
    certificate: async () => (await certificateOf()).cert,
    cut,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Prints a defect the first time that it shows: one on the way of every put would fill a disk. */
function defectPrinter(): OnDefect {
  const seen = new Set<string>();
  return (operation, error) => {
    const text = `defect of the reference, in ${operation}: ${inspect(error)}\n`;
    if (seen.size >= DEFECTS_MAX || seen.has(text)) return;
    seen.add(text);
    process.stderr.write(text);
  };
}

/** What connections are served with. */
interface Service {
  readonly endpoint: RequestHandler;
  readonly certificateOf: () => Promise<Certificate>;
  readonly slow: SlowClients;
  readonly patienceS: number;
  readonly traffic: Traffic;
}

/** Takes new connections to the server of the protocol they speak. */
function acceptor({ endpoint, certificateOf, slow, patienceS, traffic }: Service): (socket: Socket) => void {
  const http2 = http2Requests(endpoint, slow, BODY_BYTES_MAX, traffic);
  let tls: Promise<TlsServer> | undefined;
  const accept = (socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    recognise(socket, slow, (protocol, first) => {
      if (protocol === 'http1') {
        const connection = serveHttp1(endpoint, socket, first, BODY_BYTES_MAX, traffic);
        slow.add(connection);
        socket.once('close', () => slow.delete(connection));
        return;
      }
      socket.unshift(first);
      // HTTP/1.1 clients may end their side and wait for the answer; who ends the other two is gone.
      socket.allowHalfOpen = false;
      if (protocol === 'http2') http2(socket);
      else secure(socket).catch(() => socket.destroy());
    });
  };
  /** What comes out of the handshake is a connection like any other. */
  const secure = async (socket: Duplex) => {
    tls ??= certificateOf().then((certificate) => {
      const server = createTls(
        {
          ...certificate,
          minVersion: 'TLSv1.2',
          ALPNProtocols: ['h2', 'http/1.1'],
          allowHalfOpen: true,
          handshakeTimeout: patienceS * 1000,
        },
        accept,
      );
      return server.on('tlsClientError', (_error, secured) => secured.destroy());
    });
    const server = await tls;
    if (!socket.destroyed) server.emit('connection', socket);
  };
  return accept;
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port = 0): unknown {
  if (error.code === 'EADDRINUSE') {
    return new OperatorError(`port ${port} on ${host} is in use`, {
      code: 'port-in-use',
      hint: 'Choose another port, port 0 (--port 0) for a free one, or stop what listens there.',
      cause: error,
    });
  }
  if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'EACCES' && error.code !== 'ENOTFOUND') return error;
  return new OperatorError(`cannot listen on ${host}:${port}: ${error.message}`, {
    code: 'cannot-listen',
    hint: 'Use a host of this machine (127.0.0.1 by default) and a port that you may open.',
    cause: error,
  });
}
