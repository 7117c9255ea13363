/** Runs the command line as real processes in a folder of their own. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ExitCode } from '../src/exit-code.ts';
import type { Result } from '../src/result.ts';

const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
const bin = join(import.meta.dirname, '../bin/kinebench.js');

/** How a process ended, and all it printed. */
interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run in real time ends with: on a machine that is too busy for it, it says that it proves nothing, as it should. */
export function codeOf({ validity }: Result, otherwise: ExitCode): ExitCode {
  return validity.some(({ verdict }) => verdict === 'fail') ? ExitCode.invalid : otherwise;
}

/** A fresh folder, and the command line in it; `clear` ends what still runs and removes the folder. */
export function commandLine() {
  const folder = mkdtempSync(join(tmpdir(), 'kinebench-cli-'));
  const running = new Set<ChildProcess>();

  const start = (...args: string[]) => watch(spawn(process.execPath, [bin, ...args], { cwd: folder, stdio }));

  /** The same below a shell that stays, in an environment of its own. */
  function startBelowShell(env: Record<string, string>, ...args: string[]) {
    const words = ['-c', '"$@"; exit $?', 'sh', process.execPath, bin, ...args];
    return watch(spawn('sh', words, { cwd: folder, stdio, env: { ...process.env, ...env } }));
  }

  function watch(child: ChildProcessByStdio<null, Readable, Readable>) {
    running.add(child);
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
    const ended = new Promise<Ended>((resolve) =>
      child.on('close', (code) => {
        running.delete(child);
        resolve({ code, ...output });
      }),
    );
    /** Resolves once a stream has printed the text, or the process has ended without it. */
    const printed = (stream: 'stdout' | 'stderr', text: string) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (output[stream].includes(text)) resolve();
        };
        child[stream].on('data', look);
        void ended.then(() => resolve());
        look();
      });
    return { child, ended, printed, output };
  }

  function clear() {
    for (const child of running) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }

  return { folder, start, startBelowShell, kinebench: (...args: string[]) => start(...args).ended, clear };
}
