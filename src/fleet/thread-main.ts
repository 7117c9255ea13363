/** The inside of a crew's thread: a `LocalCrew` with its own client, driven by messages. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import { createClient } from '../wire/client.ts';
import { createFirehoseClient } from '../wire/firehose-client.ts';
import { socketReceivers } from '../wire/socket-receivers.ts';
import { sdkObjects } from '../wire/sdk-objects.ts';
import { createSdkClient } from '../wire/sdk-client.ts';
import { LocalCrew } from './crew.ts';
import { CpuMeter, type ThreadCpu } from './cpu-meter.ts';
import { HealthMonitor, type ThreadHealth } from './health.ts';
import type { FromThread, ThreadData, ToThread } from './thread-messages.ts';

const port = parentPort!;
const { assignment, endpoint } = workerData as ThreadData;
const state = { credentials: endpoint.credentials };
const signed = { ...endpoint, credentials: async () => state.credentials };
const { delivery } = assignment.plan.deliveries ? endpoint : {};
const wanted = assignment.plan.fleets.filter(({ kind }) => kind === assignment.role).map((fleet) => fleet.client);
const clients = {
  ...(wanted.includes('wire') && { wire: createClient(signed, systemClock) }),
  ...(wanted.includes('sdk') && { sdk: await createSdkClient(signed, systemClock) }),
  ...(delivery && assignment.role === 'produce' && { firehose: firehoseOf(delivery) }),
  ...(delivery &&
    assignment.role === 'consume' && { objects: await objectsOf(delivery), receivers: socketReceivers() }),
};
const crew = new LocalCrew(assignment, clients, systemClock);
const send = (message: FromThread) => port.postMessage(message);

crew.onReport = (report) => send({ kind: 'report', report });
let health: ThreadHealth | undefined;
let cpu: ThreadCpu | undefined;

function firehoseOf({ firehoseUrl }: NonNullable<ThreadData['endpoint']['delivery']>) {
  return createFirehoseClient({ ...signed, url: firehoseUrl }, systemClock);
}

function objectsOf({ s3Url }: NonNullable<ThreadData['endpoint']['delivery']>) {
  return sdkObjects({ url: s3Url, region: signed.region, credentials: signed.credentials });
}

async function handle(message: ToThread): Promise<void> {
  switch (message.kind) {
    case 'prepare':
      send({ kind: 'prepared', refused: await crew.prepare() });
      return;
    case 'work': {
      const monitor = new HealthMonitor(systemClock);
      const work = crew.work(message.startNs);
      const meter = new CpuMeter(crew.timeline, systemClock);
      await work;
      health = monitor.end();
      cpu = { fleets: crew.fleets, cpuNs: await meter.end() };
      send({ kind: 'load-done' });
      return;
    }
    case 'stop-load':
      crew.stopLoad();
      return;
    case 'control':
      await crew.control(message.command);
      send({ kind: 'controlled' });
      return;
    case 'credentials':
      state.credentials = message.credentials;
      return;
    case 'finish': {
      const finish = await crew.finish();
      clients.wire?.close();
      clients.sdk?.close();
      clients.firehose?.close();
      clients.objects?.close();
      send({ kind: 'finished', finish, health, cpu });
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
