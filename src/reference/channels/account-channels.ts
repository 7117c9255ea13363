/** The channels of one account in one region. They deliver by themselves, so whoever holds them ends them. */
import type { Arrival } from '../arrival.ts';
import type { Channel } from './channel.ts';

/** Channels by their ids. */
export class AccountChannels {
  readonly #byId = new Map<string, Channel>();
  #made = 0;

  /** Those that exist, in the order in which they were made. */
  list({ nowNs }: Pick<Arrival, 'nowNs'>): Channel[] {
    for (const channel of this.#byId.values()) if (channel.gone(nowNs)) this.#byId.delete(channel.id);
    return [...this.#byId.values()];
  }

  /** The channel with an id, if there is one. */
  find(id: string, arrival: Arrival): Channel | undefined {
    return this.list(arrival).find((channel) => channel.id === id);
  }

  /** Makes one; `make` is given its number. */
  add(make: (number: number) => Channel): Channel {
    this.#made += 1;
    const channel = make(this.#made);
    this.#byId.set(channel.id, channel);
    return channel;
  }

  /** Whether there was never one that is not forgotten. */
  get empty(): boolean {
    return this.#byId.size === 0;
  }

  /** Ends all delivery. */
  end(): void {
    for (const channel of this.#byId.values()) channel.end();
    this.#byId.clear();
  }
}
