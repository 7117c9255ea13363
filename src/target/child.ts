/**
 * A child process that is stopped for certain. It runs in a process group of its own, so that Ctrl-C reaches us and not it
 * (a run that is interrupted still drains), and so that what it spawned goes with it. Groups that are still alive when we
 * exit are killed on the way out; a package's child also ends itself when our end of the IPC channel closes, which the
 * kernel does even when we are killed (`loopback.ts`). A plain `command` has no such channel: it outlives a SIGKILL of ours.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { type Clock, NS_PER_MS } from '../clock.ts';

/** What the last lines of its output may take in memory, in characters. */
const TAIL_CHARACTERS_MAX = 4096;

/** A started process. */
export interface Child {
  readonly pid: number;
  /** null while it runs; how it ended otherwise, with the end of what it printed. */
  readonly ended: () => string | null;
  /** The end of what it printed. */
  readonly tail: () => string;
  /** Sends the signal, waits, kills; resolves when the process is gone. */
  stop(signal: NodeJS.Signals, withinMs: number): Promise<void>;
}

export interface ChildOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly clock: Clock;
  /** Opens the IPC channel by which the child learns of our death. */
  readonly channel: boolean;
}

const alive = new Set<number>();
process.on('exit', () => {
  for (const pid of alive) killGroup(pid, 'SIGKILL');
});

/** Starts a program; rejects with the error of the operating system when it cannot be started. */
export async function startChild(program: string, args: readonly string[], options: ChildOptions): Promise<Child> {
  const { env, cwd, clock, channel } = options;
  const child = spawn(program, args, {
    cwd,
    detached: true,
    env: { ...inherited(), ...env },
    stdio: channel ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
  });
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  return watch(child, clock);
}

function watch(child: ChildProcess, clock: Clock): Child {
  const pid = child.pid!;
  alive.add(pid);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-TAIL_CHARACTERS_MAX)));
  }
  const tail = () => text.trim().split('\n').slice(-3).join(' · ');
  let ended: string | null = null;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      alive.delete(pid);
      ended = `process ${pid} ended with ${signal ?? `code ${code}`}${text ? `: ${tail()}` : ''}`;
      resolve();
    });
  });
  // Our own end must not wait for it: the exit handler above takes it along.
  child.unref();
  child.channel?.unref();
  return {
    pid,
    ended: () => ended,
    tail,
    async stop(signal, withinMs) {
      const asked = new AbortController();
      void gone.then(() => asked.abort());
      if (ended === null) killGroup(pid, signal);
      await clock.sleepUntil(clock.monotonicNs() + withinMs * NS_PER_MS, asked.signal);
      if (ended === null) killGroup(pid, 'SIGKILL');
      child.ref();
      await gone;
    },
  };
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
}

/** Our environment without anybody's AWS keys, and without options meant for this Node. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') && !name.startsWith('NODE_')),
  );
}
