/** `kinebench ceiling`: the closed-loop maximum of targets by autocannon, and what their answers say of it. */
import { systemClock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { freshId, freshSeed, Random } from '../random.ts';
import type { CeilingLine, CeilingOperation } from '../run/ceiling.ts';
import { describeTransport, probe } from '../target/probe.ts';
import { startTarget } from '../target/start.ts';
import { interruptible } from './interrupt.ts';
import { type TargetArguments, targetsOf } from './targets.ts';

export interface CeilingArguments extends TargetArguments {
  readonly operation: readonly string[];
  readonly seconds: number;
  readonly connections: number;
  readonly shards: number;
}

const columns = [12, 12, 12, 10, 10, 10, 10, 14, 14, 8] as const;

function row(...cells: readonly string[]): string {
  return cells.map((cell, index) => (index === 0 ? cell.padEnd(columns[0]) : cell.padStart(columns[index]!))).join('');
}

export async function runCeiling(args: CeilingArguments): Promise<ExitCode> {
  // Loaded here: autocannon is large, and nothing else needs it.
  const { ceiling, ceilingOperations, countsAgree, CEILING_CONNECTIONS_MAX, CEILING_SECONDS_MAX } =
    await import('../run/ceiling.ts');
  const { seconds, connections, shards } = args;
  check('seconds', seconds, CEILING_SECONDS_MAX);
  check('connections', connections, CEILING_CONNECTIONS_MAX);
  check('shards', shards, 500);
  const operations = args.operation.length > 0 ? (args.operation as CeilingOperation[]) : ceilingOperations;
  using interrupt = interruptible();
  let agreed = true;
  for (const spec of targetsOf(args)) {
    await using target = await startTarget(spec, { clock: systemClock, allowCosts: args.yesThisCostsMoney });
    const kinesis = await probe(target, systemClock);
    const loop = `closed loop of ${connections} connections for ${seconds} s each, signed beforehand, no pace and no correction`;
    console.log(`${target.name} at ${kinesis.url} by ${describeTransport(kinesis)}: ${loop}`);
    console.log(
      row('', 'autocannon:', 'answers/s', 'ok', 'refused', 'errors', 'p99 ms', 'answers: ok', 'records/s', 'agree'),
    );
    const id = freshId(8);
    const random = new Random(freshSeed());
    const options = {
      kinesis,
      operations,
      seconds,
      connections,
      shards,
      clock: systemClock,
      random,
      id,
      stop: interrupt.signal,
    };
    const lines = await ceiling(options, (line) => console.log(lineOf(line, countsAgree(line, connections))));
    agreed &&= lines.every((line) => countsAgree(line, connections));
  }
  if (interrupt.signal.aborted) return ExitCode.interrupted;
  return agreed ? ExitCode.pass : ExitCode.invalid;
}

function lineOf({ operation, seconds, cannon, latencyMs, answers }: CeilingLine, agree: boolean): string {
  const perS = (count: number) => Math.round(count / seconds).toLocaleString('en');
  const counts = [cannon.ok, cannon.refused, cannon.errors].map((count) => count.toLocaleString('en'));
  const told = [answers.ok.toLocaleString('en'), perS(answers.records)];
  return row(
    operation,
    '',
    perS(cannon.ok + cannon.refused),
    ...counts,
    String(latencyMs.p99),
    ...told,
    agree ? '✓' : '✗',
  );
}

function check(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new OperatorError(`--${name} ${value} is not a whole number from 1 to ${max}`, {
    code: 'usage',
    hint: 'mend the option and run again',
  });
}
