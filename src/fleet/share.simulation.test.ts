/** Who sends what never depends on how the agents are spread: the plan of n threads is the plan of one, byte for byte. */
import { expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { initialRanges, shardIdOf } from '../protocol/hash.ts';
import { parseScenario } from '../scenario/parse.ts';
import { readTag } from '../verify/record-tag.ts';
import type { WireClient } from '../wire/client.ts';
import { LocalCrew } from './crew.ts';
import { SendLog } from './send-log.ts';
import { producersOf, shareOf } from './share.ts';

const RUN = 'shares00';
const { plan } = parseScenario(
  `
name: shares
question: Is the plan of n threads that of one?
expected: To the byte; a record more, less or other would prove it wrong.
streams: { events: { shards: 2 } }
fleets:
  singles: { produce: PutRecord, agents: 7, rate: 33 records/s total, record: { size: "uniform(50 B, 900 B)", key: "zipf(1.1, 50)" } }
  turns: { produce: PutRecord, agents: 5, arrivals: uniform, rate: 12 records/s total, record: { size: 60 B, key: round-robin(9) } }
  batches: { produce: PutRecords, agents: 3, batch: 4, arrivals: uniform, rate: { share: total, bursts: { of: 26 records, every: 1s } }, record: { size: 80 B, key: "hot(10%, 90%, 20)" } }
phases: [{ name: steady, for: 10s }]
`,
  { file: 'shares.yaml' },
);
const streams = [
  [
    'events',
    {
      name: 'events',
      shardIds: [shardIdOf(0), shardIdOf(1)],
      open: initialRanges(2).map(({ start, end }, index) => ({
        shardId: shardIdOf(index),
        startingHashKey: String(start),
        endingHashKey: String(end),
      })),
    },
  ],
] as const;

interface Put {
  readonly Data: Buffer;
  readonly PartitionKey: string;
}

/** Everything that share `share` of `shares` sends: time, key and bytes of each record, sorted. */
async function sentBy(share: number, shares: number): Promise<string[]> {
  const clock = new VirtualClock();
  const sent: string[] = [];
  const note = ({ Data, PartitionKey }: Put) => {
    const tag = readTag(Data, RUN);
    expect(tag).toMatchObject({ dueNs: clock.monotonicNs() });
    sent.push(`${clock.monotonicNs()} ${PartitionKey} ${Data.toString('base64')}`);
  };
  const client: WireClient = {
    async call(_, input, options) {
      const one = input as unknown as Put & { readonly Records?: readonly Put[] };
      for (const put of one.Records ?? [one]) note(put);
      const atNs = clock.monotonicNs();
      options?.onSent?.(atNs);
      return { kind: 'timeout', sentNs: atNs, answeredNs: atNs };
    },
    subscribe: () => Promise.reject(new Error('nobody subscribes')),
    open: async () => {},
    close() {},
  };
  const sendLogs = producersOf(plan).map(() => SendLog.allocate(1).buffer);
  const common = { plan, seed: 11, run: RUN, role: 'produce', streams, sendLogs, binNs: 1e9, folder: '.' } as const;
  const crew = new LocalCrew({ ...common, share, shares }, { wire: client }, clock);
  await clock.runUntilSettled(crew.work(0));
  return sent;
}

const whole = (await sentBy(0, 1)).sort();

test('one thread sends every record once', () => {
  // 330 of Poisson arrivals give or take, 120 in turn, ten bursts of 6.5 calls of 4.
  expect(new Set(whole).size).toBe(whole.length);
  expect(whole.filter((record) => record.length < 200).length).toBeGreaterThanOrEqual(120 + 260);
});

test.each([2, 3, 4, 15, 16])('%i threads together send the same', async (shares) => {
  const parts = await Promise.all(Array.from({ length: shares }, (_, share) => sentBy(share, shares)));
  expect(parts.flat().sort()).toEqual(whole);
});

test('no agent is lost or shared, whatever the number of shares', () => {
  const agents = producersOf(plan);
  for (let shares = 1; shares <= 20; shares += 1) {
    const all = Array.from({ length: shares }, (_, share) => shareOf(agents, share, shares)).flat();
    expect(all.map(({ index }) => index).sort((a, b) => a - b)).toEqual(agents.map(({ index }) => index));
  }
});
