/**
 * Runs the reference in a thread of its own, so that it does not share an event loop with the agents that drive it: what it
 * takes to answer must not show as their lateness.
 */
import { Worker } from 'node:worker_threads';
import { OperatorError } from '../operator-error.ts';
import { version } from '../package.ts';
import { faultNamed, parseFault } from './fault-selector.ts';
import type { StoreState } from '../s3/store.ts';
import type { Command, ReferenceOptions, Report } from './thread-messages.ts';

export type { ReferenceOptions } from './thread-messages.ts';

/** A reference that runs in its own thread. */
export interface ReferenceThread extends AsyncDisposable {
  readonly url: string;
  /** The same port by TLS. */
  readonly tlsUrl: string;
  /** Of the control port, where one was asked for. */
  readonly controlUrl: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly region: string;
  readonly accountId: string;
  /** The version of kinebench that it is part of. */
  readonly version: string;
  /** Arms a fault, such as `log.ack-then-drop{p=0.1}`, from the next request on. Rejects with an OperatorError for a text that is none. */
  arm(fault: string): Promise<void>;
  /** Disarms a fault from the next request on. Rejects with an OperatorError for a name that is none. */
  disarm(fault: string): Promise<void>;
  /** From the next write on its S3 refuses all of them with 503, or takes them again. */
  setS3(state: StoreState): Promise<void>;
  /** Crashes and starts again at once: every connection is cut, subscriptions end, and what was acknowledged is still there. */
  restart(): Promise<void>;
  /** How often each fault did something. */
  activations(): Promise<Record<string, number>>;
  /** null while it runs and after `stop`; the reason when the thread has died by itself. */
  died(): string | null;
  /** Resolves when it runs no more: stopped here, told so by its control port, or dead; gives what `died` says. */
  readonly ended: Promise<string | null>;
  /** Ends every connection and the thread. Safe to call again. */
  stop(): Promise<void>;
}

/**
 * Starts a reference. Rejects with an OperatorError when the port is in use, the host is not of this machine or a fault is
 * unknown.
 */
export async function startReferenceThread(options: ReferenceOptions): Promise<ReferenceThread> {
  for (const fault of options.faults ?? []) parseFault(fault);
  // A path in `new Worker` is not rewritten by the compiler: from source the file is `.ts`, in `dist` it is `.js`.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./thread-main.${extension}`, import.meta.url), {
    workerData: options,
    name: 'reference',
  });
  const thread = new Thread(worker);
  const { url, tlsUrl, controlUrl, host, port, region, accountId } = await thread.listening;
  return {
    url,
    tlsUrl,
    controlUrl,
    host,
    port,
    region,
    accountId,
    version,
    async arm(fault) {
      parseFault(fault);
      await thread.ask({ command: 'arm', fault });
    },
    async disarm(fault) {
      await thread.ask({ command: 'disarm', fault: faultNamed(fault) });
    },
    async setS3(state) {
      await thread.ask({ command: 's3', state });
    },
    async restart() {
      await thread.ask({ command: 'restart' });
    },
    activations: () => thread.ask({ command: 'activations' }),
    died: () => thread.died,
    ended: thread.ended,
    stop: () => thread.stop(),
    [Symbol.asyncDispose]: () => thread.stop(),
  };
}

type Listening = Extract<Report, { kind: 'listening' }>;
type Reply = PromiseWithResolvers<Record<string, number>>;

class Thread {
  readonly listening: Promise<Listening>;
  readonly ended: Promise<string | null>;
  died: string | null = null;
  readonly #worker: Worker;
  readonly #replies = new Map<number, Reply>();
  #stopping = false;
  #id = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
    const { promise, resolve, reject } = Promise.withResolvers<Listening>();
    this.listening = promise;
    worker.on('message', (report: Report) => {
      if (report.kind === 'listening') resolve(report);
      else if (report.kind === 'reply') this.#reply(report.id, report.activations);
      else if (report.kind === 'shutdown') void this.stop();
      else {
        reject(new OperatorError(report.message, { code: report.code, hint: report.hint }));
        // What it had opened before it met the fault goes with it.
        void worker.terminate();
      }
    });
    const exited = Promise.withResolvers<string | null>();
    this.ended = exited.promise;
    let reason: string | undefined;
    worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.once('exit', (code) => {
      if (!this.#stopping) this.died = reason ?? `the thread of the reference ended with code ${code}`;
      const gone = new Error(`the reference does not run: ${this.died ?? 'it was stopped'}`);
      reject(gone);
      for (const reply of this.#replies.values()) reply.reject(gone);
      this.#replies.clear();
      exited.resolve(this.died);
    });
  }

  /** Sends a command; resolves with the activations so far. Rejects when the thread has ended or ends before it replies. */
  ask(command: Command): Promise<Record<string, number>> {
    if (this.#stopping || this.died !== null) {
      return Promise.reject(new Error(`the reference does not run: ${this.died ?? 'it was stopped'}`));
    }
    const id = this.#id++;
    const reply: Reply = Promise.withResolvers();
    this.#replies.set(id, reply);
    this.#worker.postMessage({ ...command, id });
    return reply.promise;
  }

  async stop(): Promise<void> {
    if (!this.#stopping && this.died === null) {
      const stopped = this.ask({ command: 'stop' });
      this.#stopping = true;
      await stopped.catch(() => {});
      await this.#worker.terminate();
    }
    await this.ended;
  }

  #reply(id: number, activations: Record<string, number>): void {
    this.#replies.get(id)?.resolve(activations);
    this.#replies.delete(id);
  }
}
