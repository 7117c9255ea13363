/** `kinebench sweep`: removes streams, consumers, channels, delivery streams and their objects that a killed run left behind, told by names and tags, and nothing else. */
import { systemClock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { findLeftovers, removeLeftover } from '../run/leftovers.ts';
import { findDeliveryLeftovers, removeDeliveryLeftover } from '../target/delivery-leftovers.ts';
import { probe } from '../target/probe.ts';
import { startTarget } from '../target/start.ts';
import type { RunningTarget } from '../target/target.ts';
import { createClient } from '../wire/client.ts';
import { createFirehoseClient } from '../wire/firehose-client.ts';
import { sdkObjects } from '../wire/sdk-objects.ts';
import { type TargetArguments, targetsOf } from './targets.ts';

export async function sweepTarget(args: TargetArguments & { readonly dryRun: boolean }): Promise<ExitCode> {
  for (const spec of targetsOf(args)) {
    await using target = await startTarget(spec, { clock: systemClock, allowCosts: args.yesThisCostsMoney });
    const client = createClient(await probe(target, systemClock), systemClock);
    try {
      const leftovers = await findLeftovers(client, systemClock, target.capabilities);
      if (leftovers.length === 0) console.log(`${target.name}: nothing left behind`);
      for (const leftover of leftovers) {
        const { name, run, expires } = leftover;
        const gone = args.dryRun || (await removeLeftover(client, systemClock, leftover));
        const done = args.dryRun ? 'would remove' : gone ? 'removed' : 'could not remove';
        console.log(`${target.name}: ${done} ${name} (run ${run}, expired ${expires})`);
      }
    } finally {
      client.close();
    }
    await sweepDeliveries(target, args.dryRun);
  }
  return ExitCode.pass;
}

/** Of a target that delivers: what a killed run, or a killed `conform`, left of Data Firehose. */
async function sweepDeliveries(
  { name, delivery, capabilities, kinesis }: RunningTarget,
  dryRun: boolean,
): Promise<void> {
  if (!delivery || !capabilities.has('firehose')) return;
  const { region, credentials } = kinesis;
  const firehose = createFirehoseClient({ ...kinesis, url: delivery.firehoseUrl }, systemClock);
  const objects = await sdkObjects({ url: delivery.s3Url, region, credentials });
  const clients = { firehose, objects, bucket: delivery.bucket };
  try {
    for (const leftover of await findDeliveryLeftovers(clients, systemClock)) {
      const kept = dryRun ? [] : await removeDeliveryLeftover(leftover, clients, systemClock);
      const done = dryRun ? 'would remove' : kept.length > 0 ? 'could not remove' : 'removed';
      console.log(`${name}: ${done} ${leftover.name} (run ${leftover.run}, expired ${leftover.expires})`);
    }
  } finally {
    firehose.close();
    objects.close();
  }
}
