/**
 * A consuming agent that is pushed to: one application, registered with its stream, with a subscription to every shard. What it
 * reads it takes as fast as it comes or, where its fleet is slow, at a pace; what it leaves lies with the endpoint. The push
 * is the independent event behind what it brings, not the record.
 */
import type { FanOutFleet } from '../scenario/plan.ts';
import { Random } from '../random.ts';
import type { Reader } from '../verify/reader.ts';
import type { Consumer } from './consumer.ts';
import { ConsumerBooks, type PollSums } from './consumer-books.ts';
import type { FleetContext, StreamInfo } from './context.ts';
import { FanOutShard } from './fan-out-shard.ts';
import { Hold } from './hold.ts';
import type { Agent } from './share.ts';
import { Succession } from './succession.ts';

export class FanOutConsumer implements Consumer {
  readonly hold = new Hold();
  readonly #books: ConsumerBooks;
  readonly #agent: Agent<FanOutFleet>;
  readonly #context: FleetContext;
  readonly #stream: StreamInfo;
  readonly #random: Random;
  readonly #shards: FanOutShard[];
  readonly #succession: Succession;
  /** Until when a slow agent has enough to do with what it took. */
  readonly #busy = { untilNs: 0 };

  constructor(agent: Agent<FanOutFleet>, context: FleetContext) {
    this.#agent = agent;
    this.#context = context;
    this.#stream = context.streams.get(agent.fleet.stream)!;
    this.#books = new ConsumerBooks(agent, context, this.#stream.name);
    this.#random = new Random(context.seed).fork('fleet', agent.fleet.name, agent.agent);
    this.#shards = this.#stream.shardIds.map((shardId) => this.#shard(shardId, agent.fleet.from));
    this.#succession = new Succession(this.#stream.shardIds, {
      fleet: agent.fleet,
      context,
      stream: this.#stream.name,
      random: this.#random.fork('children'),
    });
  }

  get reader(): Reader {
    return this.#books.reader;
  }

  get sums(): PollSums {
    return this.#books.sums;
  }

  async prepare(stop: AbortSignal): Promise<string | null> {
    for (const shard of this.#shards) {
      const refused = await shard.prepare(stop);
      if (refused !== null) return `SubscribeToShard on ${this.#stream.name} ${shard.shardId}: ${refused}`;
    }
    return null;
  }

  async run(stop: AbortSignal): Promise<void> {
    await Promise.all(this.#shards.map((shard) => this.#follow(shard, stop)));
  }

  async #follow(shard: FanOutShard, stop: AbortSignal): Promise<void> {
    await shard.follow(stop);
    if (stop.aborted || !shard.ended) return;
    const ready = await this.#succession.next(shard.shardId, shard.children, stop);
    await Promise.all(ready.map((shardId) => this.#follow(this.#shard(shardId, 'TRIM_HORIZON'), stop)));
  }

  #shard(shardId: string, from: FanOutFleet['from']): FanOutShard {
    return new FanOutShard(shardId, from, {
      agent: this.#agent,
      context: this.#context,
      books: this.#books,
      hold: this.hold,
      busy: this.#busy,
      random: this.#random.fork(shardId),
    });
  }
}
