/** What the thread of the reference and the one that started it say to one another. Everything can be cloned. */
import type { EndpointOptions } from './endpoint.ts';
import type { LatencyChoice } from './latency.ts';
import type { LimitsChoice } from './limits.ts';
import type { ServerOptions } from './server.ts';
import type { StoreState } from '../s3/store.ts';

/** How a reference is set up. Can be cloned, so it may travel to a thread. */
export interface ReferenceOptions
  extends
    ServerOptions,
    Omit<
      EndpointOptions,
      | 'clock'
      | 'signingClock'
      | 'random'
      | 'faults'
      | 'limits'
      | 'latency'
      | 'destination'
      | 'sender'
      | 'sql'
      | 'lambda'
    > {
  readonly limits: LimitsChoice;
  readonly latency: LatencyChoice;
  readonly faults?: readonly string[] | undefined;
  /** Lambda functions by their names: the file of an ES module, or the URL of an endpoint that speaks the Invoke API. */
  readonly lambdas?: Readonly<Record<string, string>> | undefined;
  /** The machine's by default; a virtual one moves by the control port only. */
  readonly clock?: 'system' | 'virtual' | undefined;
  /** Where it can be controlled from outside (docs/reference.md); 0 takes a free port, and without it there is none. */
  readonly controlPort?: number | undefined;
  /** Of the latency model, request ids and the key of iterators; 1 by default. */
  readonly seed?: number | undefined;
}

/** What the thread can be told. */
export type Command =
  | { readonly command: 'arm' | 'disarm'; readonly fault: string }
  | { readonly command: 's3'; readonly state: StoreState }
  | { readonly command: 'activations' | 'restart' | 'stop' };

/** A command with the number its reply will carry. */
export type Request = Command & { readonly id: number };

/** What the thread says. */
export type Report =
  | {
      readonly kind: 'listening';
      readonly url: string;
      readonly tlsUrl: string;
      readonly controlUrl: string | undefined;
      readonly host: string;
      readonly port: number;
      readonly region: string;
      readonly accountId: string;
    }
  /** It was told by its control port to end. */
  | { readonly kind: 'shutdown' }
  | { readonly kind: 'refused'; readonly message: string; readonly code: string; readonly hint: string | undefined }
  | { readonly kind: 'reply'; readonly id: number; readonly activations: Record<string, number> };
