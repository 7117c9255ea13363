/** What a crew's thread and the run say to each other. */
import type { DeliveryEndpoint } from '../target/target.ts';
import type { TransportChoice } from '../wire/client.ts';
import type { SigningCredentials } from '../wire/sign.ts';
import type { Assignment, CrewFinish, CrewReport, FleetCommand } from './crew.ts';
import type { ThreadCpu } from './cpu-meter.ts';
import type { ThreadHealth } from './health.ts';

/** Handed to the thread at its start. */
export interface ThreadData {
  readonly assignment: Assignment;
  readonly endpoint: {
    readonly url: string;
    readonly region: string;
    readonly ca: string | undefined;
    readonly transport: Partial<TransportChoice> | undefined;
    readonly credentials: SigningCredentials;
    readonly delivery?: Pick<DeliveryEndpoint, 'firehoseUrl' | 's3Url'> | undefined;
  };
}

export type ToThread =
  | { readonly kind: 'prepare' }
  | { readonly kind: 'work'; readonly startNs: number }
  | { readonly kind: 'stop-load' }
  | { readonly kind: 'control'; readonly command: FleetCommand }
  | { readonly kind: 'credentials'; readonly credentials: SigningCredentials }
  | { readonly kind: 'finish' };

export type FromThread =
  | { readonly kind: 'prepared'; readonly refused: string | null }
  | { readonly kind: 'report'; readonly report: CrewReport }
  | { readonly kind: 'load-done' }
  | { readonly kind: 'controlled' }
  | {
      readonly kind: 'finished';
      readonly finish: CrewFinish;
      readonly health: ThreadHealth | undefined;
      readonly cpu: ThreadCpu | undefined;
    };
