/**
 * What clients can make the reference hold: the memory of a server in a process of its own before, while thousands of them
 * do what they should not, and after they have left. Resident memory, which the allocator gives back late; Linux only.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import { NS_PER_MS, sleepFor, systemClock } from '../src/clock.ts';
import { packageRoot } from '../src/package.ts';
import { unsigned } from './local.ts';
import { row } from './table.ts';

const MANY = 3000;
/** Clients that are connecting at one time. */
const AT_ONCE = 100;
const MIB = 1024 * 1024;

interface Target {
  readonly port: number;
  readonly rssMib: () => number;
}

/** What a client does once it is connected; the rest of its life it says and reads nothing. */
type Client = (socket: Socket, target: Target) => Promise<Duplex | void>;

const http2Preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');
const small = request('ListStreams', '{}');

/** Prints what each kind of abuse comes to. */
export async function abuse(): Promise<void> {
  console.log(row('abuse: resident memory, MiB', 'before, during, after', 'bound'));
  await measured(`${MANY} idle, HTTP/1.1`, MANY, async (socket) => answered(socket, small), 'a few KiB each');
  await measured(`${MANY} idle, HTTP/2`, MANY, async (socket) => answered(socket, http2Preface), 'tens of KiB each');
  await measured(`${MANY} idle, TLS`, MANY, secured, 'tens of KiB each');
  await measured(`${MANY} half handshakes`, MANY, sent(Buffer.from('16030102000100', 'hex')), '120 s');
  await measured('150 bodies of 19 MiB', 150, unfinished, '1 GiB in all, then 503');
  await measured('200 answers of 13 MiB, unread', 200, unread, '1 GiB in all, then 503', prepared);
}

async function measured(name: string, count: number, client: Client, bound: string, prepare?: Client): Promise<void> {
  const child = spawn(
    process.execPath,
    [join(packageRoot, 'bin/kinebench.js'), 'serve', '--port=0', '--json', '--limits=off'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    const target = await started(child);
    if (prepare) await prepare(await opened(target), target);
    const before = target.rssMib();
    const clients: Duplex[] = [];
    for (let at = 0; at < count; at += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, count - at) }, async () => {
        const socket = await opened(target);
        return (await client(socket, target)) ?? socket;
      });
      clients.push(...(await Promise.all(some)));
    }
    await sleepFor(systemClock, 2000 * NS_PER_MS);
    const during = target.rssMib();
    for (const each of clients) each.destroy();
    await sleepFor(systemClock, 2000 * NS_PER_MS);
    const other = await opened(target);
    await answered(other, small);
    other.destroy();
    console.log(row(name, `${before}, ${during}, ${target.rssMib()}`, bound));
  } finally {
    const gone = once(child, 'exit');
    child.kill('SIGINT');
    await gone;
  }
}

async function started(child: ChildProcess): Promise<Target> {
  const [line] = await once(child.stdout!, 'data');
  const { url }: { url: string } = JSON.parse(String(line));
  const status = () => readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return {
    port: Number(new URL(url).port),
    rssMib: () => Math.round(Number(/VmRSS:\s+(\d+)/.exec(status())![1]) / 1024),
  };
}

async function opened({ port }: Target): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

function request(operation: Parameters<typeof unsigned>[0], body: string): string {
  const headers = { host: 'reference', 'content-length': String(Buffer.byteLength(body)), ...unsigned(operation) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST / HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

async function answered(socket: Duplex, bytes: string | Buffer): Promise<void> {
  socket.write(bytes);
  socket.resume();
  await once(socket, 'data');
  socket.pause();
}

function sent(bytes: Buffer): Client {
  return async (socket) => void socket.write(bytes);
}

const secured: Client = async (socket) => {
  const secure = tlsConnect({ socket, rejectUnauthorized: false });
  secure.on('error', () => {});
  await once(secure, 'secureConnect');
  await answered(secure, small);
  return secure;
};

const unfinished: Client = async (socket) => {
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${20 * MIB}\r\n\r\n`);
  const piece = Buffer.alloc(MIB, 'x');
  for (let count = 0; count < 19; count += 1) if (!socket.write(piece)) await once(socket, 'drain');
};

/** A stream whose only shard holds 10 MiB. */
const prepared: Client = async (socket) => {
  await answered(socket, request('CreateStream', JSON.stringify({ StreamName: 's', ShardCount: 1 })));
  await sleepFor(systemClock, 1000 * NS_PER_MS);
  const Records = Array.from({ length: 10 }, () => ({
    Data: Buffer.alloc(MIB - 1).toString('base64'),
    PartitionKey: 'k',
  }));
  await answered(socket, request('PutRecords', JSON.stringify({ StreamName: 's', Records })));
  socket.destroy();
};

const unread: Client = async (socket) => {
  const from = { StreamName: 's', ShardId: 'shardId-0', ShardIteratorType: 'TRIM_HORIZON' };
  socket.write(request('GetShardIterator', JSON.stringify(from)));
  const [answer] = await once(socket, 'data');
  const [, iterator] = /"ShardIterator":"([^"]+)"/.exec(String(answer))!;
  socket.pause();
  socket.write(request('GetRecords', JSON.stringify({ ShardIterator: iterator })));
};
