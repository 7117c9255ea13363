/** `kinebench sweep`: removes streams and consumers that a killed run left behind, told by name and tags, and nothing else. */
import { systemClock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { findLeftovers, removeLeftover } from '../run/leftovers.ts';
import { probe } from '../target/probe.ts';
import { startTarget } from '../target/start.ts';
import { createClient } from '../wire/client.ts';
import { type TargetArguments, targetsOf } from './targets.ts';

export async function sweepTarget(args: TargetArguments & { readonly dryRun: boolean }): Promise<ExitCode> {
  for (const spec of targetsOf(args)) {
    await using target = await startTarget(spec, { clock: systemClock, allowCosts: args.yesThisCostsMoney });
    const client = createClient(await probe(target, systemClock), systemClock);
    try {
      const leftovers = await findLeftovers(client, systemClock, target.capabilities.has('fan-out'));
      if (leftovers.length === 0) console.log(`${target.name}: nothing left behind`);
      for (const leftover of leftovers) {
        const { name, run, expires } = leftover;
        if (!args.dryRun) await removeLeftover(client, leftover);
        console.log(
          `${target.name}: ${args.dryRun ? 'would remove' : 'removed'} ${name} (run ${run}, expired ${expires})`,
        );
      }
    } finally {
      client.close();
    }
  }
  return ExitCode.pass;
}
