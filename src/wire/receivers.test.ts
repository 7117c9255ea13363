/** Places where a run receives: on sockets and in process alike. */
import { afterEach, expect, test } from 'vitest';
import { socketSender } from '../reference/transport/socket-sender.ts';
import { inProcessReceivers } from './in-process-receivers.ts';
import { jsonAnswer, type ReceivedRequest, type Receivers } from './receiver.ts';
import { socketReceivers } from './socket-receivers.ts';

const { signal } = new AbortController();
const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const leave of cleanup.splice(0)) await leave();
});

/** Each kind of receivers with the way to send there. */
function ways() {
  const sockets = socketReceivers();
  const table = inProcessReceivers();
  const sender = socketSender();
  return {
    sockets: { receivers: sockets, send: (url: string, text: string) => sender(outgoing(url, text), signal) },
    'in process': {
      receivers: table,
      send: async (url: string, text: string) => {
        const answer = table.send(outgoing(url, text));
        if (!answer) throw new Error('nobody listens');
        return answer;
      },
    },
  };
}

const outgoing = (url: string, text: string) => ({ url, headers: { 'x-name': 'value' }, body: Buffer.from(text) });

async function listen(receivers: Receivers, taken: ReceivedRequest[]): Promise<string> {
  const origin = await receivers.reserve();
  cleanup.push(
    await receivers.listen(origin, (request) => {
      taken.push(request);
      return jsonAnswer(202, { bytes: request.body.length });
    }),
  );
  return origin;
}

test.each(['sockets', 'in process'] as const)(
  '%s: a request is taken whole and answered, until nobody listens',
  async (way) => {
    const { receivers, send } = ways()[way];
    const taken: ReceivedRequest[] = [];
    const origin = await listen(receivers, taken);
    const answer = await send(`${origin}/a/b?c=d`, 'three');
    expect([answer.status, Buffer.from(answer.body).toString()]).toEqual([202, '{"bytes":5}']);
    expect(taken).toMatchObject([{ method: 'POST', path: '/a/b?c=d', headers: { 'x-name': 'value' } }]);
    expect(taken[0]!.body.toString()).toBe('three');
    await cleanup.pop()!();
    await expect(send(`${origin}/`, 'more')).rejects.toThrow();
  },
);

test('a port that somebody has is refused, and only this machine reaches one', async () => {
  const receivers = socketReceivers();
  const origin = await listen(receivers, []);
  await expect(receivers.listen(origin, () => jsonAnswer(200, {}))).rejects.toThrow('EADDRINUSE');
  const hosts = ['127.0.0.1', 'localhost', '[::1]', 'firehose.us-east-1.amazonaws.com'];
  expect(hosts.map((host) => receivers.reachableFrom(host))).toEqual([true, true, true, false]);
});

test('the sender of the reference leaves nothing behind on a connection that it keeps', async () => {
  const { receivers, send } = ways().sockets;
  const origin = await listen(receivers, []);
  const warnings: string[] = [];
  const note = ({ message }: Error) => warnings.push(message);
  process.on('warning', note);
  for (let round = 0; round < 15; round += 1) await send(origin, 'x');
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
