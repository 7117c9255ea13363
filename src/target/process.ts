/**
 * A target that is a process of ours: an emulator from npm, or any command. It gets a free port, is awaited until it
 * answers, and is gone when the target is disposed.
 */
import { extname } from 'node:path';
import { request } from 'node:http';
import { connect } from 'node:net';
import { type Clock, NS_PER_MS, sleepFor } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { type Child, startChild } from './child.ts';
import { credentialsOf } from './credentials.ts';
import { freePorts } from './free-port.ts';
import { type InstalledPackage, installedPackage } from './npm-package.ts';
import type { ProcessSpec } from './spec.ts';
import type { RunningTarget } from './target.ts';
import { authorityOf, deliveryAt, transportOf } from './url.ts';

/** Pause between two looks at a process that is starting, in ms. */
const READY_POLL_MS = 25;
/** How often another port is tried when somebody took the one we had chosen. */
const STARTS_MAX = 3;

/** The preload that holds an npm emulator to 127.0.0.1: beside this file, with this file's extension. */
const preload = new URL(`./loopback${extname(import.meta.url)}`, import.meta.url).href;

/** A running process target. */
export interface ProcessTarget extends RunningTarget {
  readonly pid: number;
}

/** Starts the process and resolves when it answers. Throws `target-not-installed` or `target-not-ready` (exit 7). */
export async function startProcess(
  spec: ProcessSpec,
  clock: Clock,
  environment: NodeJS.ProcessEnv,
): Promise<ProcessTarget> {
  const credentials = credentialsOf(spec.credentials, environment);
  const ca = authorityOf(spec.caFile);
  const installed = spec.start.package ? installedPackage(spec.start.package, spec.start.version) : undefined;
  for (let start = 1; ; start += 1) {
    const [port, sparePort] = (await freePorts(2)) as [number, number];
    const fill = filler({ port, 'spare-port': sparePort, package: installed?.folder ?? '' });
    const url = fill(spec.url);
    // A restart takes the same ports: whoever talks to the target must find it again.
    const begin = async () => {
      const child = await launch(spec, installed, fill, clock);
      const trouble = await answers(`${url}${spec.ready.path}`, child, spec.ready.withinMs, clock);
      if (trouble !== null) await child.stop('SIGKILL', 0);
      return { child, trouble };
    };
    const { child, trouble } = await begin();
    if (trouble === null) {
      const version = spec.version ?? installed?.version;
      const lifetime = new Lifetime(spec, child, async () => {
        const next = await begin();
        if (next.trouble !== null) throw notReady(spec, url, `after a restart, ${next.trouble}`);
        return next.child;
      });
      return {
        name: spec.name,
        description: [spec.description ?? spec.name, version].filter(Boolean).join(' '),
        kinesis: { url, region: spec.region, credentials, ca, transport: transportOf(spec) },
        delivery: deliveryAt(spec.delivery, url),
        modelled: false,
        capabilities: new Set(spec.capabilities),
        get pid() {
          return lifetime.child.pid;
        },
        died: () => lifetime.died(),
        restart: () => lifetime.restart(),
        [Symbol.asyncDispose]: () => lifetime.close(),
      };
    }
    if (start < STARTS_MAX && trouble.includes('EADDRINUSE')) continue;
    throw notReady(spec, url, trouble);
  }
}

/** The process of a target over its restarts. */
class Lifetime {
  child: Child;
  readonly #stop: ProcessSpec['stop'];
  readonly #begin: () => Promise<Child>;
  #restarting: Promise<void> | undefined;
  #failed: string | null = null;

  /** @param begin starts another process in the place of one that has ended */
  constructor({ stop }: ProcessSpec, child: Child, begin: () => Promise<Child>) {
    this.child = child;
    this.#stop = stop;
    this.#begin = begin;
  }

  /** null while it runs or restarts. */
  died(): string | null {
    return this.#failed ?? (this.#restarting ? null : this.child.ended());
  }

  /** Rejects with an OperatorError when it does not come up again. */
  async restart(): Promise<void> {
    const again = async () => {
      await this.#end();
      this.child = await this.#begin();
    };
    this.#restarting = again();
    try {
      await this.#restarting;
    } catch (error) {
      this.#failed = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      this.#restarting = undefined;
    }
  }

  /** Ends it for good; a restart under way is waited for, or its process would be left behind. */
  async close(): Promise<void> {
    await this.#restarting?.catch(() => {});
    await this.#end();
  }

  #end(): Promise<void> {
    return this.child.stop(this.#stop.signal, this.#stop.withinMs);
  }
}

function notReady(spec: ProcessSpec, url: string, trouble: string): OperatorError {
  return new OperatorError(`${spec.name} did not come up at ${url}: ${trouble}`, {
    code: 'target-not-ready',
    hint: 'start it by hand to see what it says, or give it longer with `ready: { within: … }` in a target file',
    exitCode: ExitCode.unreachable,
  });
}

type Fill = (template: string) => string;

function filler(values: Readonly<Record<string, string | number>>): Fill {
  return (template) =>
    template.replace(/\{([a-z-]+)\}/g, (whole, key: string) => (key in values ? String(values[key]) : whole));
}

async function launch(
  spec: ProcessSpec,
  installed: InstalledPackage | undefined,
  fill: Fill,
  clock: Clock,
): Promise<Child> {
  const { start } = spec;
  const args = start.args.map(fill);
  const program = installed ? process.execPath : start.command!;
  const env = Object.fromEntries(Object.entries(start.env).map(([name, value]) => [name, fill(value)]));
  const cwd = start.cwd ? fill(start.cwd) : (installed?.folder ?? process.cwd());
  try {
    const all = installed ? ['--import', preload, installed.program, ...args] : args;
    return await startChild(program, all, { env, cwd, clock, channel: installed !== undefined });
  } catch (cause) {
    throw new OperatorError(`${spec.name} cannot be started: ${program} (${(cause as Error).message})`, {
      code: 'target-not-installed',
      hint: `is ${program} installed and on PATH, and does ${cwd} exist?`,
      exitCode: ExitCode.unreachable,
      cause,
    });
  }
}

/** null once any HTTP answer comes; what is wrong when the process ends or the time is up before. */
async function answers(url: string, child: Child, withinMs: number, clock: Clock): Promise<string | null> {
  const deadlineNs = clock.monotonicNs() + withinMs * NS_PER_MS;
  for (;;) {
    if (await answersOnce(url)) return child.ended();
    if (child.ended() !== null) return child.ended();
    if (clock.monotonicNs() > deadlineNs) return `no answer within ${withinMs} ms; it last said: ${child.tail()}`;
    await sleepFor(clock, READY_POLL_MS * NS_PER_MS);
  }
}

function answersOnce(url: string): Promise<boolean> {
  const { protocol, hostname, port, pathname } = new URL(url);
  // Only that somebody speaks HTTP is asked here; over TLS, that somebody listens is enough to go on to the probe.
  if (protocol === 'https:') return connects(hostname, Number(port));
  return new Promise((resolve) => {
    const asked = request({ host: hostname, port, path: pathname, agent: false, timeout: 2000 }, (answer) => {
      answer.resume();
      resolve(true);
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
