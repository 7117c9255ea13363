/** `kinebench serve`: the embedded reference alone, for any client, until Ctrl-C. */
import { once } from 'node:events';
import { ExitCode } from '../exit-code.ts';
import { latencyNamed } from '../reference/latency.ts';
import { limitsNamed } from '../reference/limits.ts';
import { startReferenceThread } from '../reference/thread.ts';

export interface ServeArguments {
  readonly port: number;
  readonly host: string;
  readonly limits: string;
  readonly latency: string;
  readonly fault: readonly string[];
  readonly seed: number;
}

export async function serve({ port, host, limits, latency, fault, seed }: ServeArguments): Promise<ExitCode> {
  const reference = await startReferenceThread({
    port,
    host,
    limits: limitsNamed(limits),
    latency: latencyNamed(latency),
    faults: [...fault],
    seed,
  });
  console.log(
    `kinebench reference ${reference.version} at ${reference.url} (limits: ${limits}, latency: ${latency}, modelled)`,
  );
  if (fault.length > 0) console.log(`armed faults: ${fault.join(', ')}`);
  console.log('Use it with any Kinesis client and any keys:');
  console.log(`  export AWS_ENDPOINT_URL_KINESIS=${reference.url} AWS_REGION=${reference.region}`);
  console.log('  export AWS_ACCESS_KEY_ID=kinebench AWS_SECRET_ACCESS_KEY=kinebench');
  console.log('Ctrl-C ends it; nothing is kept.');
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await reference.stop();
  return ExitCode.pass;
}
