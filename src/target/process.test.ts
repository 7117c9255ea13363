import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { NS_PER_S, sleepFor, systemClock } from '../clock.ts';
import { parseTarget } from './file.ts';
import { loadTarget } from './load.ts';
import { probe } from './probe.ts';
import { startProcess } from './process.ts';
import type { ProcessSpec } from './spec.ts';

const emulators = ['kinesalite', 'kinesis-local'];

function start(name: string) {
  return startProcess(loadTarget(name) as ProcessSpec, systemClock, {});
}

function processTarget(text: string): ProcessSpec {
  return parseTarget(text, 'my.yaml') as ProcessSpec;
}

/** The local addresses, in the kernel's hex, of the TCP sockets on which a process listens. */
function listening(pid: number): string[] {
  const inodes = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
    } catch {
      return undefined;
    }
  });
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && inodes.includes(fields[9]))
      .map((fields) => fields[1]!.split(':')[0]!),
  );
}

/** Whether a process is there and no zombie. */
function alive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<boolean> {
  const deadlineNs = systemClock.monotonicNs() + 10 * NS_PER_S;
  while (!condition() && systemClock.monotonicNs() < deadlineNs) await sleepFor(systemClock, 20_000_000);
  return condition();
}

describe.each(emulators)('%s', (name) => {
  test('starts, answers, and is gone afterwards', { timeout: 60_000 }, async () => {
    const target = await start(name);
    await probe(target, systemClock);
    expect(target.description).toMatch(/ \d+\.\d+\.\d+$/);
    expect(target.died()).toBeNull();
    await target[Symbol.asyncDispose]();
    expect(alive(target.pid)).toBe(false);
    await expect(probe(target, systemClock)).rejects.toMatchObject({ code: 'target-unreachable', exitCode: 7 });
  });

  test.runIf(process.platform === 'linux')('listens on 127.0.0.1 and nowhere else', { timeout: 60_000 }, async () => {
    await using target = await start(name);
    const addresses = listening(target.pid);
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.filter((address) => address !== '0100007F')).toEqual([]);
  });

  test.runIf(process.platform === 'linux')('ends itself when we are killed', { timeout: 60_000 }, async () => {
    const module = (file: string) => JSON.stringify(fileURLToPath(new URL(file, import.meta.url)));
    const script = `
      import { systemClock } from ${module('../clock.ts')};
      import { loadTarget } from ${module('./load.ts')};
      import { startProcess } from ${module('./process.ts')};
      const target = await startProcess(loadTarget('${name}'), systemClock, {});
      process.stdout.write(String(target.pid));
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = Number(await new Promise((resolve) => parent.stdout.once('data', (data) => resolve(String(data)))));
    expect(alive(pid)).toBe(true);
    parent.kill('SIGKILL');
    expect(await until(() => !alive(pid))).toBe(true);
  });
});

describe('a process target', () => {
  test('that dies says so, with what it printed last', { timeout: 60_000 }, async () => {
    await using target = await start('kinesalite');
    process.kill(target.pid, 'SIGKILL');
    expect(await until(() => target.died() !== null)).toBe(true);
    expect(target.died()).toContain('SIGKILL');
  });

  test('restarts at the same address as another process, and has not died meanwhile', { timeout: 60_000 }, async () => {
    await using target = await start('kinesalite');
    const { pid } = target;
    const restarted = target.restart!();
    expect(target.died()).toBeNull();
    await restarted;
    expect(alive(pid)).toBe(false);
    expect(target.pid).not.toBe(pid);
    expect(target.died()).toBeNull();
    await probe(target, systemClock);
    await target[Symbol.asyncDispose]();
    expect(alive(target.pid)).toBe(false);
  });

  test('whose package is not installed says what to type', async () => {
    const spec = processTarget('name: x\nkind: process\nstart: { package: no-such-emulator, version: 1.2.3 }');
    await expect(startProcess(spec, systemClock, {})).rejects.toMatchObject({
      code: 'target-not-installed',
      exitCode: 7,
      hint: 'type: npm install --save-dev no-such-emulator@1.2.3',
    });
  });

  test('whose command is not there says so', async () => {
    const spec = processTarget('name: x\nkind: process\nstart: { command: no-such-program }');
    await expect(startProcess(spec, systemClock, {})).rejects.toMatchObject({
      code: 'target-not-installed',
      exitCode: 7,
    });
  });

  test('that never answers is given up and stopped', async () => {
    const spec = processTarget(
      'name: x\nkind: process\nstart: { command: sleep, args: ["60"] }\nready: { within: 200ms }',
    );
    await expect(startProcess(spec, systemClock, {})).rejects.toMatchObject({ code: 'target-not-ready', exitCode: 7 });
  });
});

test('the probe gives up on an endpoint that is silent', { timeout: 20_000 }, async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  const credentials = () => Promise.resolve({ accessKeyId: 'a', secretAccessKey: 'b' });
  const kinesis = { url: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials };
  await expect(probe({ name: 'silent', kinesis }, systemClock)).rejects.toThrow('no answer within 5 s');
  silent.close();
});
