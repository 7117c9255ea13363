/** A crew over a transport that breaks: connections are made before the load, and how they break is counted and timed apart. */
import { expect, test } from 'vitest';
import { NS_PER_MS, VirtualClock } from '../clock.ts';
import { parseScenario } from '../scenario/parse.ts';
import { createClient } from '../wire/client.ts';
import { endpointAt } from '../wire/raw-server.test-data.ts';
import type { Transport, TransportAnswer } from '../wire/transport.ts';
import { callsAtOnce } from './connections.ts';
import type { StreamInfo } from './context.ts';
import { LocalCrew, REPORT_NS } from './crew.ts';
import { SendLog } from './send-log.ts';
import { consumersOf, producersOf } from './share.ts';

const stream: StreamInfo = {
  name: 'events',
  open: [{ shardId: 'shardId-000000000000', startingHashKey: '0', endingHashKey: String(2n ** 128n - 1n) }],
  shardIds: ['shardId-000000000000', 'shardId-000000000001'],
};
const streams = [['events', stream]] as const;

function planOf(fleets: string) {
  const text = `
name: broken
question: What of connections that break?
expected: They are counted.
streams: { events: { shards: 1 } }
fleets:
${fleets}
phases: [{ name: steady, for: 2s }]
`;
  return parseScenario(text, { file: 'broken.yaml' }).plan;
}

test('how connections break is counted by reason, timed apart, and says what may have been stored', async () => {
  const plan = planOf(
    '  writers: { produce: PutRecord, rate: 10 calls/s, arrivals: uniform, record: { size: 100 B, key: uniform(9) } }',
  );
  const clock = new VirtualClock();
  const opened: number[] = [];
  let calls = 0;
  const transport: Transport = {
    hostHeader: 'host',
    async send(request): Promise<TransportAnswer> {
      const sentNs = clock.monotonicNs();
      request.onSent?.(sentNs);
      await clock.sleepUntil(sentNs + 5 * NS_PER_MS);
      const refused = (calls += 1) % 2 === 0;
      const reason = refused ? 'refused-stream' : 'goaway';
      const answeredNs = clock.monotonicNs();
      return { kind: 'connection', reason, message: 'no', maybe: !refused, sentNs, answeredNs };
    },
    stream: () => Promise.reject(new Error('not asked for')),
    open: (count) => Promise.resolve(opened.push(count)),
    close: () => {},
  };
  const client = createClient(endpointAt('http://broken.invalid'), clock, transport);
  const sendLogs = [SendLog.allocate(100).buffer];
  const assignment = {
    plan,
    seed: 1,
    run: 'broken00',
    role: 'produce',
    share: 0,
    shares: 1,
    streams,
    sendLogs,
    binNs: 1e9,
    reportNs: REPORT_NS,
    folder: '.',
  } as const;
  const crew = new LocalCrew(assignment, { wire: client }, clock);
  const outcomes = new Set<string>();
  crew.onReport = ({ snapshot }) => {
    for (const { metric, outcome } of snapshot.latencies) if (metric === 'service') outcomes.add(outcome);
  };
  expect(await clock.runUntilSettled(crew.prepare())).toBeNull();
  expect(opened).toEqual([2]);
  await clock.runUntilSettled(crew.work(clock.monotonicNs()));
  const { errors, producers } = await clock.runUntilSettled(crew.finish());
  expect(errors.map(({ code, count }) => [code, count])).toEqual([
    ['connection-goaway', 10],
    ['connection-refused-stream', 10],
  ]);
  const { pages } = producers[0]!.sent.table;
  expect(pages.map(({ summary }) => summary)).toMatchObject([{ acknowledged: 0, maybe: 10, rejected: 10 }]);
  expect([...outcomes]).toEqual(['broken']);
});

test('connections are made for the calls that are to be expected at a time, by client', () => {
  const plan = planOf(`
  slow: { produce: PutRecord, rate: 1 calls/s, record: { size: 100 B, key: uniform(9) } }
  fast: { produce: PutRecord, agents: 2, rate: 400 calls/s total, record: { size: 100 B, key: uniform(9) } }
  capped: { produce: PutRecord, client: sdk, in-flight: 3, rate: 1000 calls/s, record: { size: 100 B, key: uniform(9) } }
  pollers: { consume: polling, agents: 3 }`);
  const calls = callsAtOnce(producersOf(plan), consumersOf(plan), new Map(streams));
  // 2 for the slow one, 2 × 21 for the fast ones, and 3 readers of 2 shards.
  expect([...calls]).toEqual([
    ['wire', 2 + 2 * 21 + 3 * 2],
    ['sdk', 3],
  ]);
});
