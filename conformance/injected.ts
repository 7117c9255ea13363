/** What crosses into vitest's worker: plain data, so the target's keys are resolved before. */
import type { Capability } from '../src/protocol/capabilities.ts';
import type { EmbeddedSpec } from '../src/target/spec.ts';
import type { Credentials, DeliveryEndpoint, RunningTarget } from '../src/target/target.ts';
import type { TransportChoice } from '../src/wire/client.ts';
import type { Witness } from '../src/conformance-result.ts';
import type { Judgement } from './statement.ts';
import type { Way } from './witness.ts';
import { socketWorld, virtualWorld, type World } from './world.ts';

/** A target over sockets, as data. */
export interface InjectedSockets {
  readonly kind: 'sockets';
  readonly url: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly ca: string | undefined;
  readonly transport: Partial<TransportChoice> | undefined;
  readonly capabilities: readonly Capability[];
  readonly delivery: DeliveryEndpoint | undefined;
}

/** The reference, which the worker makes for itself on a virtual clock. */
export interface InjectedReference {
  readonly kind: 'reference';
  readonly spec: EmbeddedSpec;
}

export interface InjectedRun {
  readonly target: InjectedSockets | InjectedReference;
  readonly seed: number;
  readonly settleMs: number;
  /** What makes the names of its streams unique. */
  readonly name: string;
  /** Ids of the statements to judge. */
  readonly ids: readonly string[];
  /** The version of the catalogue that the run is pinned to. */
  readonly catalogue: number;
  /** Ways in which a sample is judged again. */
  readonly ways: readonly Way[];
}

declare module 'vitest' {
  interface ProvidedContext {
    run: InjectedRun;
  }
  interface TaskMeta {
    judgement?: Judgement;
    witness?: Witness & { readonly id: string };
  }
}

/** A target as data. Temporary keys are taken once: a run ends long before they do. */
export async function injectedSockets({ kinesis, capabilities, delivery }: RunningTarget): Promise<InjectedSockets> {
  const { url, region, ca, transport } = kinesis;
  const credentials = await kinesis.credentials();
  return { kind: 'sockets', url, region, ca, transport, credentials, capabilities: [...capabilities], delivery };
}

/** The world in which a worker judges. */
export function worldOf(target: InjectedRun['target']): World {
  if (target.kind === 'reference') return virtualWorld(target.spec);
  const { url, region, ca, transport, credentials, capabilities, delivery } = target;
  return socketWorld({
    endpoint: { url, region, ca, transport, credentials: () => Promise.resolve(credentials) },
    capabilities: new Set(capabilities),
    delivery,
  });
}
