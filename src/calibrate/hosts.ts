/** Where stubs stand: behind sockets in threads of their own, or in process on a virtual clock. */
import { systemClock, type VirtualClock } from '../clock.ts';
import { LocalCrew } from '../fleet/crew.ts';
import type { RunningTarget } from '../target/target.ts';
import { createClient } from '../wire/client.ts';
import { inProcessTransport } from '../wire/in-process.ts';
import { behaviourOf, stubs, type StubName } from './behaviour.ts';
import type { StubHost } from './calibrate.ts';
import { Stub } from './stub.ts';
import { StubThread } from './thread.ts';

const credentials = async () => ({ accessKeyId: 'kinebench', secretAccessKey: 'kinebench' });

function targetOf(name: StubName, url: string): RunningTarget {
  return {
    name: `stub ${name}`,
    description: stubs[name].what,
    kinesis: { url, region: 'us-east-1', credentials },
    modelled: true,
    capabilities: new Set(),
    died: () => null,
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Real sockets on 127.0.0.1, real time. */
export const socketHost: StubHost = {
  clock: systemClock,
  async open(name, seed) {
    const thread = await StubThread.start({ name, seed });
    return {
      target: targetOf(name, thread.url),
      log: () => thread.log(),
      [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
    };
  },
};

/** No socket, no thread, no waiting. */
export function virtualHost(clock: VirtualClock): StubHost {
  return {
    clock,
    async open(name, seed) {
      const stub = new Stub(behaviourOf(name, seed), clock);
      const target = targetOf(name, 'http://stub.invalid');
      const transport = inProcessTransport(async ({ headers, body }) => {
        const answer = await stub.answer(headers['x-amz-target'] ?? '', async () => body);
        return { status: answer.status, body: Buffer.from(answer.body) };
      }, clock);
      const client = createClient(target.kinesis, clock, transport);
      return {
        target,
        inProcess: { client, make: async (assignment) => new LocalCrew(assignment, { wire: client }, clock) },
        log: async () => stub.log,
        [Symbol.asyncDispose]: async () => {},
      };
    },
  };
}
