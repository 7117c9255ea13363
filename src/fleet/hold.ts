/**
 * What steps do to an agent: hold it still, let it go on, kill it, start it again. An agent looks here before each of its
 * operations; a consumer that died sees by the number of its life that it must begin again from its checkpoint.
 */

/** A receiver that is down is held: it answers, and takes nothing. */
export type HoldCommand = 'pause' | 'resume' | 'kill' | 'start' | 'down' | 'up';

export class Hold {
  #paused = false;
  #dead = false;
  #life = 0;
  #mortality = new AbortController();
  #free: PromiseWithResolvers<void> | undefined;

  /** Whether the agent may do nothing now. */
  get held(): boolean {
    return this.#paused || this.#dead;
  }

  /** Counts the deaths: what was begun in another life is lost. */
  get life(): number {
    return this.#life;
  }

  /** Aborts when this life ends. */
  get death(): AbortSignal {
    return this.#mortality.signal;
  }

  apply(command: HoldCommand): void {
    if (command === 'pause' || command === 'down') this.#paused = true;
    else if (command === 'resume' || command === 'up') this.#paused = false;
    else {
      const dies = command === 'kill' && !this.#dead;
      this.#dead = command === 'kill';
      if (dies) this.#die();
    }
    if (this.held) return;
    this.#free?.resolve();
    this.#free = undefined;
  }

  /** Resolves when the agent may go on, or `stop` aborts. */
  async released(stop: AbortSignal): Promise<void> {
    if (!this.held || stop.aborted) return;
    this.#free ??= Promise.withResolvers();
    const { promise } = this.#free;
    await Promise.race([promise, new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }))]);
  }

  #die(): void {
    this.#life += 1;
    const ended = this.#mortality;
    this.#mortality = new AbortController();
    ended.abort('killed');
  }
}
