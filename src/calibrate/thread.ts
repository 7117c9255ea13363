/** Starts a stub in its thread and asks for its log. */
import { Worker } from 'node:worker_threads';
import type { StubName } from './behaviour.ts';
import type { LogEntry } from './stub.ts';

export interface StubData {
  readonly name: StubName;
  readonly seed: number;
}

export type FromStub =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'log'; readonly log: readonly LogEntry[] };

/** Sources run as `.ts`, the build as `.js`; nothing rewrites the name of a worker's file. */
const entry = new URL(`./thread-main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

export class StubThread implements AsyncDisposable {
  readonly url: string;
  readonly #worker: Worker;

  private constructor(worker: Worker, port: number) {
    this.#worker = worker;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(data: StubData): Promise<StubThread> {
    const worker = new Worker(entry, { workerData: data, name: `stub-${data.name}` });
    const message = await messageOf(worker);
    if (message.kind !== 'listening') throw new Error(`unexpected ${message.kind}`);
    return new StubThread(worker, message.port);
  }

  async log(): Promise<readonly LogEntry[]> {
    const answer = messageOf(this.#worker);
    this.#worker.postMessage('log');
    const message = await answer;
    if (message.kind !== 'log') throw new Error(`unexpected ${message.kind}`);
    return message.log;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}

/** The next message; rejects when the thread fails. */
function messageOf(worker: Worker): Promise<FromStub> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
