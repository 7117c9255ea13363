/**
 * The certificate: what all stubs together say of the tool on a machine. The last one is kept in a file of its user's, outside any
 * project, since it belongs to the machine; results carry its summary.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CertificateDoc, EnvironmentDoc } from '../result.ts';
import { UNCERTAINTY_MAX, type StubReport } from './calibrate.ts';
import type { Comparison } from './comparison.ts';

const FORMAT = 'kinebench-certificate';
const VERSION = 1;

/** What the file holds: the summary, and every figure behind it. */
interface CertificateFile {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly certificate: CertificateDoc;
  readonly comparisons: readonly Comparison[];
}

/** @param madeAt ISO 8601 */
export function certificateOf(
  reports: readonly StubReport[],
  { kinebench, node, hostClass, clock }: EnvironmentDoc,
  madeAt: string,
): CertificateDoc {
  const comparisons = reports.flatMap((report) => report.comparisons);
  const missed = comparisons.filter(({ holds }) => !holds);
  const pacingP99Ns = Math.max(...reports.map((report) => report.pacingP99Ns));
  const uncertainty = Math.max(...reports.map((report) => report.uncertainty));
  const noisy = uncertainty > UNCERTAINTY_MAX;
  const [first] = missed;
  return {
    madeAt,
    kinebench,
    node,
    hostClass,
    clock,
    verdict: missed.length > 0 ? 'fail' : noisy ? 'indeterminate' : 'pass',
    stubs: reports.length,
    figures: comparisons.length,
    missed: missed.length,
    firstMissed: first ? `${first.stub}: ${first.figure}` : null,
    pacingP99Ns,
    // JSON has no infinity.
    uncertainty: Number.isFinite(uncertainty) ? uncertainty : null,
  };
}

/** `$XDG_CACHE_HOME/kinebench/certificate.json`, with `~/.cache` where that is not set. */
export function certificatePath(environment: NodeJS.ProcessEnv = process.env): string {
  const cache = environment['XDG_CACHE_HOME'];
  return join(cache === undefined || cache === '' ? join(homedir(), '.cache') : cache, 'kinebench', 'certificate.json');
}

/** Keeps a certificate in place of the last one. Rejects as the file system does. */
export function keepCertificate(path: string, certificate: CertificateDoc, reports: readonly StubReport[]): void {
  const comparisons = reports.flatMap((report) => report.comparisons);
  const file: CertificateFile = { format: FORMAT, version: VERSION, certificate, comparisons };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(file, null, 1)}\n`);
}

/** The last certificate; null for none, and for a file that is none of this version. */
export function lastCertificate(path: string): CertificateDoc | null {
  try {
    const file = JSON.parse(readFileSync(path, 'utf8')) as Partial<CertificateFile>;
    return file.format === FORMAT && file.version === VERSION ? (file.certificate ?? null) : null;
  } catch {
    return null;
  }
}
