/** Streams are made as the scenario wants them, or the run ends before it begins and says that the target cannot. */
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../exit-code.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { Handler } from '../wire/in-process.ts';
import { simulate, type Simulation } from './simulation.ts';

function run(stream: string, through?: Simulation['through']) {
  const text = `
name: streams
question: Is the stream as it was wanted?
expected: Yes, or it is wrong.
streams: { events: ${stream} }
fleets: { writers: { produce: PutRecord, rate: 2 records/s, record: { size: 100 B, key: uniform(10) } } }
phases: [{ name: steady, for: 3s }]
`;
  const { plan, planHash } = parseScenario(text, { file: 'streams.yaml' });
  return simulate({
    scenario: { file: null, text, planHash, plan, overrides: [] },
    seed: 1,
    ...(through ? { through } : {}),
  });
}

/** Sees every request of one operation and may change its members, as an endpoint does that does not know some of them. */
function seeing(
  operation: string,
  see: (input: Record<string, unknown>) => Record<string, unknown>,
): NonNullable<Simulation['through']> {
  return (handle): Handler =>
    (request) => {
      if (!String(request.headers['x-amz-target']).endsWith(`.${operation}`)) return handle(request);
      const input = JSON.parse(Buffer.from(request.body).toString()) as Record<string, unknown>;
      return handle({ ...request, body: Buffer.from(JSON.stringify(see(input))) });
    };
}

describe('what is asked for', () => {
  test.each([
    ['{ shards: 2 }', 'CreateStream', { ShardCount: 2 }],
    ['{ mode: on-demand }', 'CreateStream', { StreamModeDetails: { StreamMode: 'ON_DEMAND' } }],
    ['{ shards: 1, max-record-size: 10 MiB }', 'CreateStream', { ShardCount: 1, MaxRecordSizeInKiB: 10_240 }],
    ['{ shards: 1, retention: 7d }', 'IncreaseStreamRetentionPeriod', { RetentionPeriodHours: 168 }],
  ])('%s', async (stream, operation, members) => {
    const seen: unknown[] = [];
    const result = await run(
      stream,
      seeing(operation, (input) => {
        seen.push(input);
        return input;
      }),
    );
    expect(seen).toEqual([{ StreamName: 'kinebench-events-simulate', ...members }]);
    expect(result.verdict.exitCode).toBe(ExitCode.pass);
  });
});

describe('a target that cannot', () => {
  test.each([
    ['passes over the size of records', '{ shards: 1, max-record-size: 2 MiB }', 'MaxRecordSizeInKiB'],
    ['wants a number of shards', '{ mode: on-demand }', 'StreamModeDetails'],
  ])('%s', async (_, stream, unknown) => {
    const older = seeing('CreateStream', (input) => ({ ...input, [unknown]: undefined }));
    await expect(run(stream, older)).rejects.toMatchObject({
      code: 'target-lacks',
      exitCode: ExitCode.unreachable,
      message: expect.stringMatching(/^unsupported: /),
    });
  });

  test('takes the mode for provisioned', async () => {
    const older = seeing('CreateStream', ({ StreamName }) => ({ StreamName, ShardCount: 1 }));
    await expect(run('{ mode: on-demand }', older)).rejects.toThrow('it has no on-demand streams');
  });
});
