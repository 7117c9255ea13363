/** What clients make up is not remembered for ever: accounts that hold nothing, consumers that are gone. */
import { expect, test } from 'vitest';
import { NS_PER_S, VirtualClock } from '../clock.ts';
import { Random } from '../random.ts';
import { Consumers } from './consumer.ts';
import { EncryptionKeys } from './encryption-key.ts';
import { HeldObjects } from './firehose/destination.ts';
import { Faults } from './faults.ts';
import { latencyOf } from './latency.ts';
import { quotasOf } from './limits.ts';
import { LogMemory } from './log-memory.ts';
import { Service } from './service.ts';

const region = 'us-east-1';

function service(): Service {
  const clock = new VirtualClock();
  const random = new Random(1);
  const home = { region, accountId: '000000000000' };
  const durations = {
    createStreamMs: 0,
    updateStreamMs: 0,
    deleteStreamMs: 0,
    createConsumerMs: 0,
    deleteConsumerMs: 0,
    createChannelMs: 0,
    updateChannelMs: 0,
    deleteChannelMs: 0,
  };
  const parts = {
    latency: latencyOf('none'),
    faults: new Faults(),
    memory: new LogMemory(undefined),
    keys: new EncryptionKeys({}),
    destination: new HeldObjects(0),
  };
  return new Service({
    clock,
    random,
    limits: undefined,
    quotas: quotasOf(undefined),
    incarnation: 1,
    heartbeatMs: 5000,
    ...home,
    ...durations,
    ...parts,
  });
}

test('of a hundred thousand accounts those are kept that have a stream or a commitment', () => {
  const made = service();
  const at = { nowNs: 0, nowMs: 0 };
  const caller = (index: number) => ({ accountId: String(100_000_000_000 + index), region });
  for (let index = 0; index < 100_000; index += 1) {
    const account = made.account(caller(index));
    if (index % 10_000 === 0) made.create({ StreamName: 's', ShardCount: 1 }, { ...at, caller: caller(index) });
    if (index % 10_000 === 1) account.commitment.enable(0);
  }
  expect(made.accounts).toBeLessThanOrEqual(1000);
  expect(made.state(at)).toHaveLength(10);
  const committed = Array.from({ length: 10 }, (_, part) =>
    made.account(caller(part * 10_000 + 1)).commitment.active(1),
  );
  expect(committed).toEqual(committed.map(() => true));
});

test('of ten thousand consumers that came and went few are remembered', () => {
  const consumers = new Consumers();
  for (let index = 0; index < 10_000; index += 1) {
    const nowMs = index * 100;
    const arrival = { nowNs: (index * NS_PER_S) / 10, nowMs, caller: { accountId: '000000000000', region } };
    const names = { streamName: 's', streamArn: 'arn', accountId: '000000000000' };
    const options = { ...names, name: `c${index}`, tags: {}, createMs: 0, arrival, limits: undefined };
    consumers.add(options).deleteAt(arrival.nowNs);
  }
  expect(consumers.remembered).toBeLessThan(50);
});
