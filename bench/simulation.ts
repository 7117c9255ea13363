/** What a simulation costs: CPU seconds for a busy minute and for a quiet day. CPU time, since wall time is the neighbours' too. */
import { simulate } from '../src/run/simulation.ts';
import { parseScenario } from '../src/scenario/parse.ts';
import { row } from './table.ts';

/** Prints the CPU time of two simulated runs. */
export async function simulation(): Promise<void> {
  console.log(row('simulation', 'CPU', 'a record'));
  await simulated('a minute, 1,000 records/s', '1000 records/s total', '200ms', '60s');
  await simulated('23 hours, 1 record/s', '1 records/s total', '5s', '23h');
}

async function simulated(name: string, rate: string, every: string, length: string): Promise<void> {
  const text = `
name: simulated
question: What does a simulation cost?
expected: Seconds of CPU; more would prove it wrong.
streams: { events: { shards: 2 } }
fleets:
  writers: { produce: PutRecord, agents: 4, rate: ${rate}, record: { size: 100 B, key: uniform(100) } }
  pollers: { consume: polling, every: ${every} }
phases:
  - { name: steady, for: ${length} }
  - { name: drain, until: drained, within: 30s }
verify: [no-loss, no-duplicates, order, immutability]
`;
  const { plan, planHash } = parseScenario(text, { file: name });
  const scenario = { file: null, text, planHash, plan, overrides: [] };
  const before = process.cpuUsage();
  const { ledger } = await simulate({ scenario, seed: 1, endpoint: { latency: 'aws' } });
  const { user, system } = process.cpuUsage(before);
  console.log(row(name, `${((user + system) / 1e6).toFixed(1)} s`, `${((user + system) / ledger.sent).toFixed(0)} µs`));
}
