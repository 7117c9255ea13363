/**
 * Holds an emulator to 127.0.0.1, and to our life. It is loaded into the child before any of its own code
 * (`node --import …/loopback.ts main.js`), because neither kinesalite nor kinesis-local can be told an address: both bind
 * every interface, and would offer an unauthenticated server to the network of whoever runs a benchmark.
 *
 * Model: every TCP server of Node is opened by `net.Server.prototype.listen` (http, https, http2 and tls included), so one
 * replacement there cannot be passed by. A server on a pipe, a file descriptor or a handle stays as it is. The second half:
 * the child has an IPC channel to us, which the kernel closes however we die, and ends itself when it is closed.
 *
 * Trade-off: an address that the emulator asks for is overruled, also where it asks for `::1`.
 */
import { Server } from 'node:net';

const host = '127.0.0.1';

type Listen = (this: Server, ...args: unknown[]) => Server;

// The method is taken off its object on purpose: it is called again below with the server as `this`.
// oxlint-disable-next-line typescript/unbound-method
const listen = Server.prototype.listen as Listen;

const listenOnLoopback: Listen = function (...args) {
  const [first, ...rest] = args;
  if (typeof first === 'object' && first !== null) {
    const tcp = 'port' in first && !('path' in first && first.path !== undefined);
    return listen.call(this, tcp ? { ...first, host, ipv6Only: false } : first, ...rest);
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return listen.call(this, ...args);
  const backlog = rest.find((value) => typeof value === 'number');
  const callback = args.find((value) => typeof value === 'function');
  const port = typeof first === 'function' ? 0 : Number(first ?? 0);
  return listen.call(this, { port, host, backlog }, ...(callback ? [callback] : []));
};

Server.prototype.listen = listenOnLoopback as Server['listen'];

process.on('disconnect', () => process.exit());
