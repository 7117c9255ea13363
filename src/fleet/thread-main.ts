/** The inside of a crew's thread: a `LocalCrew` with its own client, driven by messages. */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import { createClient } from '../wire/client.ts';
import { createSdkClient } from '../wire/sdk-client.ts';
import { LocalCrew } from './crew.ts';
import type { FromThread, ThreadData, ToThread } from './thread-messages.ts';

/** Resolution of the event loop's delay, in ms: what its histogram shows when nothing is late. */
const RESOLUTION_MS = 1;

const port = parentPort!;
const { assignment, endpoint } = workerData as ThreadData;
const state = { credentials: endpoint.credentials };
const signed = { ...endpoint, credentials: async () => state.credentials };
const wanted = assignment.plan.fleets.filter(({ kind }) => kind === assignment.role).map((fleet) => fleet.client);
const clients = {
  ...(wanted.includes('wire') && { wire: createClient(signed, systemClock) }),
  ...(wanted.includes('sdk') && { sdk: await createSdkClient(signed, systemClock) }),
};
const crew = new LocalCrew(assignment, clients, systemClock);
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
const send = (message: FromThread) => port.postMessage(message);

crew.onReport = (report) => send({ kind: 'report', report });
let utilization = performance.eventLoopUtilization();

async function handle(message: ToThread): Promise<void> {
  switch (message.kind) {
    case 'prepare':
      send({ kind: 'prepared', refused: await crew.prepare() });
      return;
    case 'work':
      delay.enable();
      utilization = performance.eventLoopUtilization();
      await crew.work(message.startNs);
      delay.disable();
      utilization = performance.eventLoopUtilization(utilization);
      send({ kind: 'load-done' });
      return;
    case 'stop-load':
      crew.stopLoad();
      return;
    case 'credentials':
      state.credentials = message.credentials;
      return;
    case 'finish': {
      const finish = await crew.finish();
      clients.wire?.close();
      clients.sdk?.close();
      const loopDelayP99Ns = Math.max(0, delay.percentile(99) - RESOLUTION_MS * 1e6);
      send({ kind: 'finished', finish, health: { loopDelayP99Ns, utilization: utilization.utilization } });
      port.close();
    }
  }
}

port.on('message', (message: ToThread) => {
  handle(message).catch((error: unknown) => {
    // An agent never fails for what a target does: this is a defect, and it must end the run.
    queueMicrotask(() => {
      throw error;
    });
  });
});
