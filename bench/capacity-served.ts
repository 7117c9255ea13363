/**
 * A reference in a process of its own that says what requests cost in it. A request carries when it was sent, on the clock that
 * all processes of the machine share: from then to the end of `handle` is what the reference adds, the wait for its thread
 * included, and nothing of what the client does with the answer. Every message is answered with the figures since the last one.
 */
import assert from 'node:assert/strict';
import { PerformanceObserver } from 'node:perf_hooks';
import { systemClock } from '../src/clock.ts';
import { LatencyHistogram } from '../src/measure/histogram.ts';
import { createEndpoint, type Endpoint } from '../src/reference/endpoint.ts';
import { startServer } from '../src/reference/server.ts';
import { SENT_HEADER } from './capacity-load.ts';

/** What requests of one kind cost since the last question; null where too few came for the figure. */
export interface InsideFigures {
  /** Sent → answered by `handle`. */
  readonly p50Ns: number | null;
  readonly p99Ns: number | null;
  /** In `handle` alone. */
  readonly handleMeanNs: number;
}

/** What the process says when it is asked. */
export interface ServedFigures {
  readonly puts: InsideFigures;
  readonly reads: InsideFigures;
  readonly cpuUs: number;
  readonly gcMs: number;
}

class Inside {
  readonly #all = new LatencyHistogram();
  readonly #handle = new LatencyHistogram();

  add(sentNs: number, startNs: number, endNs: number): void {
    this.#all.record(endNs - sentNs);
    this.#all.event();
    this.#handle.record(endNs - startNs);
  }

  figures(): InsideFigures {
    const { meanNs } = this.#handle;
    return { p50Ns: this.#all.percentileNs(0.5), p99Ns: this.#all.percentileNs(0.99), handleMeanNs: meanNs };
  }
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function serve(tell: (message: object) => void): Promise<void> {
  let puts = new Inside();
  let reads = new Inside();
  let gcMs = 0;
  let cpuBeforeUs = cpuUs();
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) gcMs += duration;
  }).observe({ entryTypes: ['gc'] });
  const endpoint = createEndpoint({ limits: 'aws', createStreamMs: 0 });
  const timed: Endpoint = {
    ...endpoint,
    handle(request) {
      const startNs = systemClock.monotonicNs();
      const answer = endpoint.handle(request);
      const sent = request.headers[SENT_HEADER];
      if (sent !== undefined) {
        const read = String(request.headers['x-amz-target']).endsWith('GetRecords');
        (read ? reads : puts).add(Number(sent), startNs, systemClock.monotonicNs());
      }
      return answer;
    },
  };
  const server = await startServer(timed);
  process.on('message', () => {
    const nowUs = cpuUs();
    const figures: ServedFigures = {
      puts: puts.figures(),
      reads: reads.figures(),
      cpuUs: nowUs - cpuBeforeUs,
      gcMs,
    };
    puts = new Inside();
    reads = new Inside();
    gcMs = 0;
    cpuBeforeUs = nowUs;
    tell(figures);
  });
  process.once('disconnect', () => process.exit());
  tell({ url: server.url, port: server.port, region: endpoint.region });
}

assert(process.connected, 'capacity.ts starts it');
await serve((message) => process.send!(message));
