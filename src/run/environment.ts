/** What the machine is, as far as it bears on the numbers: on a virtual clock it does not, so nothing of it is told. */
import os from 'node:os';
import { version } from '../package.ts';
import type { EnvironmentDoc } from '../result.ts';

export function environmentOf(clock: 'system' | 'virtual'): EnvironmentDoc {
  if (clock === 'virtual') return simulated;
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

/** Equal on every machine, so that the same seed gives the same result byte for byte, and gates compare simulations anywhere. */
const simulated: EnvironmentDoc = {
  kinebench: version,
  node: 'any',
  os: 'any',
  cpu: 'any',
  cores: 0,
  memoryBytes: 0,
  hostClass: 'simulated',
  clock: 'virtual',
};
