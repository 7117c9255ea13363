/** The reference of kinebench as a target: in a worker thread, on a free port of 127.0.0.1. */
import { latencyNamed } from '../reference/latency.ts';
import { limitsNamed } from '../reference/limits.ts';
import { startReferenceThread } from '../reference/thread.ts';
import type { EmbeddedSpec } from './spec.ts';
import { embeddedDelivery, type RunningTarget } from './target.ts';
import { transportOf } from './url.ts';

/** A running reference, with its faults in reach: what proves that a check can fail. */
export interface EmbeddedTarget extends RunningTarget {
  /** Gives it a defect from the next request on; rejects with an OperatorError for a name that is none. */
  arm(fault: string): Promise<void>;
  disarm(fault: string): Promise<void>;
  /** Crashes and starts again at once: every connection is cut, and what was acknowledged is still there. */
  restart(): Promise<void>;
  /** How often each defect did something. */
  activations(): Promise<Readonly<Record<string, number>>>;
}

/** Starts the reference; `verify` has it look at signatures and not only at their form. Throws OperatorError for a fault that is none, or a file of limits or latency that cannot be used. */
export async function startEmbedded(
  spec: EmbeddedSpec,
  { auth = 'form' }: { readonly auth?: 'form' | 'verify' } = {},
): Promise<EmbeddedTarget> {
  const { limits, latency, accountId, updateStreamMs, createConsumerMs, deleteConsumerMs, heartbeatMs } = spec;
  const { region, seed, faults: names, createStreamMs, deleteStreamMs, lambdas, tables } = spec;
  const owner = { accessKeyId: 'kinebench', secretAccessKey: 'kinebench' };
  const reference = await startReferenceThread({
    auth,
    ...(auth === 'verify' && { keys: [owner] }),
    limits: limitsNamed(limits),
    latency: latencyNamed(latency),
    region,
    accountId,
    faults: names,
    seed,
    createStreamMs,
    updateStreamMs,
    deleteStreamMs,
    createConsumerMs,
    deleteConsumerMs,
    heartbeatMs,
    lambdas,
    tables,
  });
  const faults = spec.faults.length === 0 ? '' : `, with faults ${spec.faults.join(', ')}`;
  return {
    name: spec.name,
    description: `${spec.description ?? spec.name} ${reference.version} (limits: ${limits}, latency: ${latency}${faults})`,
    kinesis: {
      url: reference.url,
      region: reference.region,
      credentials: () => Promise.resolve(owner),
      transport: transportOf(spec),
    },
    delivery: embeddedDelivery(reference.url),
    modelled: true,
    // Without limits it throttles nothing, whatever the file claims.
    capabilities: new Set(spec.capabilities.filter((capability) => capability !== 'throttle' || limits !== 'off')),
    arm: (fault) => reference.arm(fault),
    disarm: (fault) => reference.disarm(fault),
    setS3: (state) => reference.setS3(state),
    restart: () => reference.restart(),
    activations: () => reference.activations(),
    died: () => reference.died(),
    [Symbol.asyncDispose]: () => reference.stop(),
  };
}
