/** What the machine is, as far as it bears on the numbers. */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { EnvironmentDoc } from '../result.ts';

/** The version in package.json, from the sources as from the build. */
export const version: string = readVersion();

function readVersion(): string {
  for (const up of ['../../package.json', '../../../package.json']) {
    try {
      const parsed = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (parsed.name === 'kinebench' && parsed.version !== undefined) return parsed.version;
    } catch {
      // Not at this depth: the build lies one folder deeper than the sources.
    }
  }
  return 'unknown';
}

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
