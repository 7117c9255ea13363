/** What the thread of the reference and the one that started it say to one another. Everything can be cloned. */
import type { AuthenticationOptions } from './auth/authentication.ts';
import type { LatencyChoice } from './latency.ts';
import type { LimitsChoice } from './limits.ts';

/** How a reference is set up. Can be cloned, so it may travel to a thread. */
export interface ReferenceOptions extends AuthenticationOptions {
  /** 127.0.0.1 by default; another interface only when it is named here. */
  host?: string;
  /** 0, the default, takes a free one. */
  port?: number;
  limits: LimitsChoice;
  latency: LatencyChoice;
  faults?: string[];
  /** 1 by default. */
  seed?: number;
  region?: string;
  accountId?: string;
  /** How long a stream is CREATING, in ms; 500 by default. */
  createStreamMs?: number;
  /** How long a stream is DELETING, in ms; 500 by default. */
  deleteStreamMs?: number;
  /** How long a consumer is CREATING, in ms; 500 by default. */
  createConsumerMs?: number;
  /** How long a consumer is DELETING, in ms; 500 by default. */
  deleteConsumerMs?: number;
  /** How long a subscription without records is silent at the most, in ms; 5000 by default. */
  heartbeatMs?: number;
}

/** What the thread can be told. */
export type Command =
  | { readonly command: 'arm' | 'disarm'; readonly fault: string }
  | { readonly command: 'activations' | 'stop' };

/** A command with the number its reply will carry. */
export type Request = Command & { readonly id: number };

/** What the thread says. */
export type Report =
  | {
      readonly kind: 'listening';
      readonly url: string;
      readonly host: string;
      readonly port: number;
      readonly region: string;
      readonly accountId: string;
    }
  | { readonly kind: 'refused'; readonly message: string; readonly code: string; readonly hint: string | undefined }
  | { readonly kind: 'reply'; readonly id: number; readonly activations: Record<string, number> };
