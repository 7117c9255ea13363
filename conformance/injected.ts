/** What crosses into vitest's worker: plain data, so the target's keys are resolved before. */
import type { Capability } from '../src/protocol/capabilities.ts';
import type { Credentials, RunningTarget } from '../src/target/target.ts';
import type { TransportChoice } from '../src/wire/client.ts';
import type { Judgement } from './statement.ts';

export interface InjectedRun {
  readonly url: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly ca: string | undefined;
  readonly transport: Partial<TransportChoice> | undefined;
  readonly capabilities: readonly Capability[];
  readonly seed: number;
  readonly settleMs: number;
  /** What makes the names of its streams unique. */
  readonly name: string;
  /** Ids of the statements to judge. */
  readonly ids: readonly string[];
}

declare module 'vitest' {
  interface ProvidedContext {
    run: InjectedRun;
  }
  interface TaskMeta {
    judgement?: Judgement;
  }
}

/** A target as data. Temporary keys are taken once: a run ends long before they do. */
export async function injectedRun(
  target: RunningTarget,
  options: Pick<InjectedRun, 'name' | 'seed' | 'settleMs' | 'ids'>,
): Promise<InjectedRun> {
  const { url, region, ca, transport } = target.kinesis;
  const credentials = await target.kinesis.credentials();
  return { url, region, ca, transport, credentials, capabilities: [...target.capabilities], ...options };
}
