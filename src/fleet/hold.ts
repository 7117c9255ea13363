/**
 * What steps do to an agent: hold it still, let it go on, kill it, start it again. An agent looks here before each of its
 * operations; a consumer that died sees by the number of its life that it must begin again from its checkpoint.
 */

export type HoldCommand = 'pause' | 'resume' | 'kill' | 'start';

export class Hold {
  #paused = false;
  #dead = false;
  #life = 0;
  #free: PromiseWithResolvers<void> | undefined;

  /** Whether the agent may do nothing now. */
  get held(): boolean {
    return this.#paused || this.#dead;
  }

  /** Counts the deaths: what was begun in another life is lost. */
  get life(): number {
    return this.#life;
  }

  apply(command: HoldCommand): void {
    if (command === 'pause' || command === 'resume') this.#paused = command === 'pause';
    else {
      if (command === 'kill' && !this.#dead) this.#life += 1;
      this.#dead = command === 'kill';
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
}
