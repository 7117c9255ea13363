/** Starts what a target file describes. */
import { type Clock, systemClock } from '../clock.ts';
import { openAws } from './aws.ts';
import { startEmbedded } from './embedded.ts';
import { startProcess } from './process.ts';
import type { TargetSpec } from './spec.ts';
import type { RunningTarget } from './target.ts';
import { openUrl } from './url.ts';

export interface StartOptions {
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** That using AWS may cost money (`--yes-this-costs-money`). */
  readonly allowCosts?: boolean;
  /** Whether the reference is to verify signatures, or only their form; default `form`, as emulators do. */
  readonly auth?: 'form' | 'verify';
  /** Default: `process.env`. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** Starts a target, or opens it where it is not ours to start. Dispose the answer to stop what was started. */
export async function startTarget(spec: TargetSpec, options: StartOptions = {}): Promise<RunningTarget> {
  const { clock = systemClock, allowCosts = false, auth = 'form', environment = process.env } = options;
  if (spec.kind === 'process') return startProcess(spec, clock, environment);
  if (spec.kind === 'aws') return openAws(spec, { allowCosts, environment });
  if (spec.kind === 'url') return openUrl(spec, environment);
  return startEmbedded(spec, { auth });
}
