import { gunzipSync } from 'node:zlib';
import type { IncomingAnswer, OutgoingRequest, Sender } from './sender.ts';
import { header, json } from './spoken.test-data.ts';

/** A receiver that speaks the protocol as its specification says, on whatever carries it. */
export class HttpReceiver {
  readonly requests: OutgoingRequest[] = [];
  readonly records: string[] = [];
  /** What it answers instead of taking records. */
  instead: ((request: OutgoingRequest, requestId: string) => IncomingAnswer | Promise<IncomingAnswer>) | undefined;

  readonly take: Sender = async (request) => {
    this.requests.push(request);
    const { requestId, records } = bodyOf(request);
    if (this.instead) return this.instead(request, requestId);
    this.records.push(...records.map(({ data }) => Buffer.from(data, 'base64').toString()));
    return json(200, { requestId, timestamp: 1 });
  };
}

interface Body {
  readonly requestId: string;
  readonly timestamp: number;
  readonly records: readonly { readonly data: string }[];
}

/** What a request holds. */
export function bodyOf(request: OutgoingRequest): Body {
  const bytes = header(request, 'content-encoding') === 'gzip' ? gunzipSync(request.body) : Buffer.from(request.body);
  return JSON.parse(bytes.toString());
}
