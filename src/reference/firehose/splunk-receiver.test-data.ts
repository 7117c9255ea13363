import { header, json } from './spoken.test-data.ts';
import type { IncomingAnswer, OutgoingRequest, Sender } from './sender.ts';

/** A receiver that speaks the protocol of Splunk's HTTP Event Collector with acknowledgements, on whatever carries it. */
export class SplunkReceiver {
  readonly requests: OutgoingRequest[] = [];
  /** The bodies of what it took. */
  readonly taken: string[] = [];
  /** How many questions it answers with false before it acknowledges. */
  indexing = 0;
  /** What it answers instead of taking events. */
  instead: (() => IncomingAnswer | Promise<IncomingAnswer>) | undefined;
  readonly #channels = new Map<string, { number: number; asked: number }>();

  /** Questions for acknowledgements. */
  get questions(): number {
    return this.requests.filter(({ url }) => url.endsWith('/ack')).length;
  }

  readonly take: Sender = async (request) => {
    this.requests.push(request);
    if (header(request, 'authorization') !== 'Splunk token')
      return json(401, { text: 'Invalid authorization', code: 3 });
    const channel = header(request, 'x-splunk-request-channel') ?? '';
    const body = Buffer.from(request.body).toString();
    if (request.url.endsWith('/services/collector/ack')) return this.#acknowledge(channel, body);
    if (this.instead) return this.instead();
    if (!/\/services\/collector\/(raw|event)$/.test(request.url)) return json(404, { text: 'Not found', code: 404 });
    this.taken.push(body);
    const number = this.taken.length - 1;
    this.#channels.set(channel, { number, asked: 0 });
    return json(200, { text: 'Success', code: 0, ackId: number });
  };

  #acknowledge(channel: string, body: string): IncomingAnswer {
    const { acks }: { acks: number[] } = JSON.parse(body);
    const known = this.#channels.get(channel);
    if (known) known.asked += 1;
    const there = (id: number) => known?.number === id && known.asked > this.indexing;
    return json(200, { acks: Object.fromEntries(acks.map((id) => [id, there(id)])) });
  }
}
