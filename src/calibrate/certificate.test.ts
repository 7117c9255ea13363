import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { environmentOf } from '../run/environment.ts';
import type { StubReport } from './calibrate.ts';
import { certificateOf, certificatePath, keepCertificate, lastCertificate } from './certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'kinebench-certificate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const figure = {
  stub: 'fixed',
  figure: 'response p50',
  unit: 'ns',
  known: 200,
  reported: 201,
  least: 198,
  most: 202,
} as const;
const report = (holds: boolean, pacingP99Ns: number, uncertainty = 0.05): StubReport => ({
  stub: 'fixed',
  comparisons: [{ ...figure, holds }],
  pacingP99Ns,
  uncertainty,
});
const made = (...reports: StubReport[]) => certificateOf(reports, environmentOf('system'), '2026-01-01T00:00:00Z');

test('one figure that is off fails it, and a busy machine makes it prove nothing', () => {
  expect(made(report(true, 1e6), report(true, 2e6))).toMatchObject({
    verdict: 'pass',
    figures: 2,
    missed: 0,
    pacingP99Ns: 2e6,
  });
  expect(made(report(true, 1e6), report(true, 51e6, 0.3))).toMatchObject({ verdict: 'indeterminate' });
  expect(made(report(true, 1e6), report(false, 51e6, 0.3))).toMatchObject({
    verdict: 'fail',
    firstMissed: 'fixed: response p50',
  });
});

test('the last one is read back; none, and what is no certificate, is null', () => {
  const path = certificatePath({ XDG_CACHE_HOME: folder });
  expect(path.startsWith(folder)).toBe(true);
  expect(lastCertificate(path)).toBeNull();
  const certificate = made(report(true, 1e6));
  keepCertificate(path, certificate, [report(true, 1e6)]);
  expect(lastCertificate(path)).toEqual(certificate);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ comparisons: [{ figure: 'response p50' }] });
  writeFileSync(path, '{"format":"something else"}');
  expect(lastCertificate(path)).toBeNull();
  writeFileSync(path, 'no JSON');
  expect(lastCertificate(path)).toBeNull();
});

test('without XDG_CACHE_HOME it lies in ~/.cache', () => {
  expect(certificatePath({})).toMatch(/\.cache[/\\]kinebench[/\\]certificate\.json$/);
});
