/**
 * A producing agent: an open loop on an absolute schedule. Whatever the endpoint does, the next records are due when they are
 * due; how they travel (as calls of their own, gathered, retried) is the sender's, what became of them is in the books.
 */
import { NS_PER_MS } from '../clock.ts';
import type { ProduceFleet } from '../scenario/plan.ts';
import { Random } from '../random.ts';
import type { SentHistory } from '../verify/history.ts';
import type { FleetContext, StreamInfo } from './context.ts';
import { DirectSender, type LoadEnd, type Sender } from './direct-sender.ts';
import { GatheringSender } from './gathering-sender.ts';
import { isLarge, writtenAhead } from './due-calls.ts';
import { putsToDelivery } from './firehose-put.ts';
import { Hold } from './hold.ts';
import { Pace } from './pace.ts';
import { arrivals } from './pacer.ts';
import type { Draft, Payloads } from './payload.ts';
import { payloadsOf } from './payload-source.ts';
import { ProducerBooks } from './producer-books.ts';
import { PutClient } from './put-client.ts';
import type { DataOf, PutRecord } from './put-record.ts';
import type { Agent } from './share.ts';

/** How long after the end of the load a call that was due before it may still leave, in ns. */
const BACKLOG_NS = 100_000_000;

export class Producer {
  /** While it is held nothing is due: nothing is offered, and nothing counts as skipped. */
  readonly hold = new Hold();
  readonly #agent: Agent<ProduceFleet>;
  readonly #context: FleetContext;
  readonly #stream: StreamInfo;
  readonly #books: ProducerBooks;
  readonly #payloads: Payloads;
  readonly #random: Random;
  readonly #explicitHashKey: string | undefined;
  #counter = 0;

  constructor(agent: Agent<ProduceFleet>, context: FleetContext) {
    const { fleet } = agent;
    this.#agent = agent;
    this.#context = context;
    this.#stream = context.streams.get(fleet.stream)!;
    this.#books = new ProducerBooks(agent, context, this.#stream);
    this.#random = new Random(context.seed).fork('fleet', fleet.name, agent.agent);
    const { clock, run, folder } = context;
    this.#payloads = payloadsOf(fleet, {
      run,
      producer: agent.index,
      share: { agent: agent.agent, agents: fleet.agents },
      random: this.#random,
      wallMs: (atNs) => clock.now() + (atNs - clock.monotonicNs()) / NS_PER_MS,
      folder,
    });
    this.#explicitHashKey =
      fleet.key.kind === 'shard' ? this.#stream.open[fleet.key.index]?.startingHashKey : undefined;
  }

  /** What became of its records, for the ledger. */
  get history(): SentHistory {
    return this.#books.history;
  }

  /** Records acknowledged so far. */
  get acknowledged(): number {
    return this.#books.acknowledged;
  }

  /** Runs until the load ends or `stop` aborts, and until every record has its outcome. Never rejects for what a target does. */
  async run(stop: AbortSignal): Promise<void> {
    const { clock } = this.#context;
    const { fleet, agent } = this.#agent;
    const share = { agent, agents: fleet.agents };
    const pace = new Pace(clock, fleet.pacing);
    const client = this.#client();
    const sender = this.#sender(client, stop);
    const schedule = isTimed(fleet)
      ? this.#payloads.schedule!()
      : arrivals(fleet.rate, fleet.arrivals, share, this.#random.fork('arrivals'));
    const dueTimes = this.#dueTimes(schedule);
    const write = (dueNs: number) => {
      if (stop.aborted || this.hold.held) return null;
      const records = this.#draft(dueNs);
      client.writeAhead(records);
      return records;
    };
    const until = (atNs: number) => clock.sleepUntil(atNs, stop);
    if (isLarge(fleet)) {
      for await (const { dueNs, records } of writtenAhead(dueTimes, write, until)) {
        await pace.until(dueNs, stop);
        if (stop.aborted || !this.#offer(sender, dueNs, records)) break;
      }
    } else
      for (const dueNs of dueTimes) {
        await pace.until(dueNs, stop);
        if (stop.aborted || !this.#offer(sender, dueNs)) break;
      }
    await sender.finish();
  }

  /** Hands over what is due; false when there are no more records. */
  #offer(sender: Sender, dueNs: number, written?: readonly PutRecord[]): boolean {
    if (this.hold.held) return true;
    const records = written ?? this.#draft(dueNs);
    if (records.length === 0) return false;
    this.#books.offered(records);
    if (sender.offer(records)) this.#books.queued(records);
    return true;
  }

  *#dueTimes(schedule: Iterable<number>): Generator<number> {
    const { timeline } = this.#context;
    for (const offsetNs of schedule) {
      const dueNs = timeline.startNs + offsetNs;
      if (dueNs >= timeline.loadEndNs) return;
      yield dueNs;
    }
  }

  #client(): PutClient {
    const { fleet } = this.#agent;
    const dataOf = this.#dataOf;
    return new PutClient({ fleet, stream: this.#stream, random: this.#random, dataOf }, this.#context, this.#books);
  }

  readonly #dataOf: DataOf = (record) => (record.data ??= this.#payloads.data(record, record.counter, record.dueNs));

  #sender(client: PutClient, stop: AbortSignal): Sender {
    const { clock, timeline } = this.#context;
    const { fleet } = this.#agent;
    // What still waits when the load is over is not sent any more: it would be load after the end, for as long as it takes.
    const end: LoadEnd = {
      over: (sinceNs = 0) => stop.aborted || clock.monotonicNs() > timeline.loadEndNs + BACKLOG_NS + sinceNs,
      waited: () => clock.sleepUntil(timeline.loadEndNs + BACKLOG_NS, stop),
      stop,
    };
    return fleet.gather
      ? new GatheringSender({ fleet, gather: fleet.gather, clock, dataOf: this.#dataOf }, client, this.#books, end)
      : new DirectSender(fleet, client, this.#books, end);
  }

  /** The records that fall due together, still without bytes; fewer, or none, where a file has come to its end. */
  #draft(dueNs: number): PutRecord[] {
    const records: PutRecord[] = [];
    while (records.length < this.#agent.fleet.batchRecords) {
      const draft = this.#payloads.draft(this.#counter, dueNs);
      if (!draft) break;
      records.push(this.#recordOf(draft, dueNs));
    }
    return records;
  }

  #recordOf(draft: Draft, dueNs: number): PutRecord {
    this.history.dueTimes.note(this.#counter, dueNs);
    return {
      ...draft,
      ...(putsToDelivery(this.#agent.fleet) && { partitionKey: '' }),
      counter: this.#counter++,
      dueNs,
      explicitHashKey: this.#explicitHashKey,
      data: undefined,
      written: undefined,
      attempts: 0,
      before: undefined,
      refusal: undefined,
      refusedNs: 0,
    };
  }
}

/** Whether the rows of a file say when they are due. */
function isTimed({ data }: ProduceFleet): boolean {
  return data.kind === 'file' && data.timing !== null;
}
