/** What a load costs a reference in a process of its own (`served.ts`). Rates would not show it: the driver is the slower side of the closed loop. */
import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { drive, type Loop } from './closed-loop.ts';

const CONNECTIONS = 16;
const SECONDS = 2;

/** Processor time of the reference for each call, in µs, and how many calls it answered in a second. */
export async function costOf(
  child: ChildProcess,
  url: string,
  request: ReturnType<Loop['request']>,
): Promise<{ readonly cpuUs: number; readonly callsPerS: number }> {
  const before = await cpuUs(child);
  const { calls, callsPerS } = await drive({ url, connections: CONNECTIONS, seconds: SECONDS, request: () => request });
  return { cpuUs: ((await cpuUs(child)) - before) / calls, callsPerS };
}

async function cpuUs(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const [reply] = await once(child, 'message');
  return reply.cpuUs;
}
