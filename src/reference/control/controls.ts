import type { Clock, VirtualClock } from '../../clock.ts';
import type { Endpoint } from '../endpoint.ts';

/** What the control port reaches. */
export interface Controls {
  readonly endpoint: Pick<Endpoint, 'faults' | 'keys' | 'objects' | 'state' | 'reset'>;
  /** Restarts the reference, its connections included. */
  readonly restart: () => void;
  /** Ends the reference, this port included. */
  readonly shutdown: () => void;
  readonly clock: Clock;
  /** The same clock, where it is virtual. */
  readonly virtual: VirtualClock | undefined;
}
