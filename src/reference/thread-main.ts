/** The inside of the reference's thread: endpoint and sockets on the machine's clock, obeying the messages of its parent. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock, VirtualClock } from '../clock.ts';
import { OperatorError } from '../operator-error.ts';
import { Random } from '../random.ts';
import { startControlServer } from './control/control-server.ts';
import { createEndpoint } from './endpoint.ts';
import { Faults } from './faults.ts';
import { lambdaFrom } from './lambda-functions.ts';
import { startServer } from './server.ts';
import type { ReferenceOptions, Report, Request } from './thread-messages.ts';
import { postgresRunner } from './transport/postgres-runner.ts';
import { socketSender } from './transport/socket-sender.ts';

async function main(options: ReferenceOptions): Promise<void> {
  const port = parentPort!;
  const report = (message: Report) => port.postMessage(message);
  try {
    const { host, port: wantedPort, certificate, patienceS, trafficBytesMax, ...model } = options;
    const { seed, faults: names, controlPort, lambdas, ...rest } = model;
    const faults = new Faults(names);
    const virtual = options.clock === 'virtual' ? new VirtualClock() : undefined;
    const clock = virtual ?? systemClock;
    const endpoint = createEndpoint({
      ...rest,
      lambda: await lambdaFrom(lambdas ?? {}),
      faults,
      clock,
      signingClock: systemClock,
      random: new Random(seed ?? 1),
      sender: socketSender(),
      sql: postgresRunner(),
    });
    const server = await startServer(endpoint, { host, port: wantedPort, certificate, patienceS, trafficBytesMax });
    const restart = () => {
      server.cut();
      endpoint.restart();
    };
    const shutdown = () => report({ kind: 'shutdown' });
    const control =
      controlPort === undefined
        ? undefined
        : await startControlServer({ endpoint, clock, virtual, restart, shutdown }, controlPort);
    port.on('message', (request: Request) => {
      if (request.command === 'arm') faults.arm(request.fault);
      if (request.command === 'disarm') faults.disarm(request.fault);
      if (request.command === 's3') endpoint.objects.state = request.state;
      if (request.command === 'restart') restart();
      if (request.command !== 'stop') {
        report({ kind: 'reply', id: request.id, activations: faults.activations() });
        return;
      }
      void Promise.all([server.close(), control?.close()]).then(() => {
        report({ kind: 'reply', id: request.id, activations: faults.activations() });
        port.close();
        return undefined;
      });
    });
    const { region, accountId } = endpoint;
    const { url, tlsUrl, host: boundHost, port: boundPort } = server;
    report({
      kind: 'listening',
      url,
      tlsUrl,
      controlUrl: control?.url,
      host: boundHost,
      port: boundPort,
      region,
      accountId,
    });
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    report({ kind: 'refused', message: error.message, code: error.code, hint: error.hint });
    port.close();
  }
}

const options: ReferenceOptions = workerData;
await main(options);
