/** What the machine is, as far as it bears on the numbers. */
import os from 'node:os';
import { version } from '../package.ts';
import type { EnvironmentDoc } from '../result.ts';

export function environmentOf(clock: 'system' | 'virtual'): EnvironmentDoc {
  const cores = os.cpus();
  const cpu = cores[0]?.model.trim() ?? 'unknown';
  return {
    kinebench: version,
    node: process.version,
    os: `${os.type()} ${os.release()} ${os.arch()}`,
    cpu,
    cores: cores.length,
    memoryBytes: os.totalmem(),
    hostClass: `${cores.length} × ${cpu}, ${os.type()} ${os.arch()}`,
    clock,
  };
}
