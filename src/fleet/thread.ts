/** A crew in a worker thread of its own, so that its pace depends neither on the run's bookkeeping nor on other crews. */
import { Worker } from 'node:worker_threads';
import type { SigningCredentials } from '../wire/sign.ts';
import type { Crew, CrewFinish, CrewReport, FleetCommand } from './crew.ts';
import type { ThreadCpu } from './cpu-meter.ts';
import type { ThreadHealth } from './health.ts';
import type { FromThread, ThreadData, ToThread } from './thread-messages.ts';

/** Sources run as `.ts`, the build as `.js`; nothing rewrites the name of a worker's file. */
const entry = new URL(`./thread-main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

export class ThreadCrew implements Crew {
  onReport: (report: CrewReport) => void = () => {};
  /** Known once the crew is finished. */
  health: ThreadHealth | undefined;
  cpu: ThreadCpu | undefined;
  readonly #worker: Worker;
  #waiting: {
    readonly kind: FromThread['kind'];
    readonly resolve: (message: FromThread) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  #failed: Error | undefined;

  constructor(data: ThreadData) {
    this.#worker = new Worker(entry, {
      workerData: data,
      name: `kinebench-${data.assignment.role}-${data.assignment.share}`,
      // The ledger's file is read in the run's own thread after this one has ended.
      trackUnmanagedFds: false,
    });
    this.#worker.on('message', (message: FromThread) => this.#receive(message));
    this.#worker.on('error', (error: unknown) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', (code) => this.#fail(new Error(`a generator thread ended with code ${code}`)));
  }

  async prepare(): Promise<string | null> {
    const message = await this.#ask({ kind: 'prepare' }, 'prepared');
    return message.kind === 'prepared' ? message.refused : null;
  }

  async work(startNs: number): Promise<void> {
    await this.#ask({ kind: 'work', startNs }, 'load-done');
  }

  stopLoad(): void {
    this.#say({ kind: 'stop-load' });
  }

  async control(command: FleetCommand): Promise<void> {
    await this.#ask({ kind: 'control', command }, 'controlled');
  }

  /** Gives the thread fresh keys to sign with. */
  refresh(credentials: SigningCredentials): void {
    this.#say({ kind: 'credentials', credentials });
  }

  async finish(): Promise<CrewFinish> {
    const message = await this.#ask({ kind: 'finish' }, 'finished');
    if (message.kind !== 'finished') throw new Error(`unexpected ${message.kind}`);
    this.health = message.health;
    this.cpu = message.cpu;
    return message.finish;
  }

  /** Ends the thread whatever it is doing. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #say(message: ToThread): void {
    if (!this.#failed) this.#worker.postMessage(message);
  }

  #ask(message: ToThread, answer: FromThread['kind']): Promise<FromThread> {
    if (this.#failed) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ kind: answer, resolve, reject });
      this.#say(message);
    });
  }

  #receive(message: FromThread): void {
    if (message.kind === 'report') this.onReport(message.report);
    const answered = this.#waiting.filter(({ kind }) => kind === message.kind);
    this.#waiting = this.#waiting.filter(({ kind }) => kind !== message.kind);
    for (const { resolve } of answered) resolve(message);
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failed);
  }
}
