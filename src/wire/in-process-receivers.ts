/** Receivers of a simulation: no port, but a table of origins, in which the sender of the endpoint looks up whom it sends to. */
import type { Receive, ReceiverAnswer, Receivers } from './receiver.ts';

/** A request as an endpoint of this process sends it. */
interface SentRequest {
  /** POST where it is not said: Data Firehose sends nothing else. */
  readonly method?: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Receivers, and the way to them. */
export interface InProcessReceivers extends Receivers {
  /** Gives the answer; undefined where nobody listens. */
  send(request: SentRequest): ReceiverAnswer | undefined;
}

/** A table of its own. */
export function inProcessReceivers(): InProcessReceivers {
  const listening = new Map<string, Receive>();
  let reserved = 0;
  const send = ({ method = 'POST', url, headers, body }: SentRequest): ReceiverAnswer | undefined => {
    const { protocol, hostname, port, pathname, search } = new URL(url);
    // Port 80 would be left out of an origin; those that are reserved here stay far below it.
    const receive = listening.get(`${protocol}//${hostname}:${port}`);
    return receive?.({ method, path: pathname + search, headers, body: Buffer.from(body) });
  };
  return {
    reachableFrom: () => true,
    reserve() {
      reserved += 1;
      return Promise.resolve(`http://127.0.0.1:${reserved}`);
    },
    listen(origin, receive) {
      listening.set(origin, receive);
      return Promise.resolve(() => {
        listening.delete(origin);
        return Promise.resolve();
      });
    },
    ask(request) {
      const answer = send(request);
      return answer ? Promise.resolve(answer) : Promise.reject(new Error(`nobody listens at ${request.url}`));
    },
    asksOthers: false,
    send,
  };
}
