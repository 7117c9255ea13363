/** `kinebench calibrate`: the tool against endpoints of known behaviour, and the certificate that comes of it. */
import { stubNames, stubs, type StubName } from '../calibrate/behaviour.ts';
import { calibrate, type StubReport, UNCERTAINTY_MAX } from '../calibrate/calibrate.ts';
import { certificateOf, certificatePath, keepCertificate } from '../calibrate/certificate.ts';
import type { Comparison } from '../calibrate/comparison.ts';
import { socketHost } from '../calibrate/hosts.ts';
import { systemClock } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import type { PlantedError } from '../fleet/crew.ts';
import { formatCount, formatDuration, formatRate, formatShare } from '../measure/format.ts';
import { OperatorError } from '../operator-error.ts';
import { freshSeed } from '../random.ts';
import type { CertificateDoc } from '../result.ts';
import { environmentOf } from '../run/environment.ts';
import { interruptible } from './interrupt.ts';

export interface CalibrateArguments {
  readonly only?: string | undefined;
  readonly seed?: number | undefined;
  readonly plant?: PlantedError | undefined;
}

export async function runCalibration({ only, seed = freshSeed(), plant }: CalibrateArguments): Promise<ExitCode> {
  const names = namesOf(only);
  using interrupt = interruptible();
  const reports: StubReport[] = [];
  console.log(`Calibration, seed ${seed}. What a run reports, against what the stub's own log says.`);
  for (const name of names) {
    if (interrupt.signal.aborted) return ExitCode.interrupted;
    console.log(`\n${name}: ${stubs[name].what}`);
    const report = await calibrate(name, socketHost, { seed, plant, stop: interrupt.signal });
    if (interrupt.signal.aborted) return ExitCode.interrupted;
    reports.push(report);
    console.log(tableOf(report));
  }
  const environment = environmentOf('system');
  const certificate = certificateOf(reports, environment, new Date(systemClock.now()).toISOString());
  console.log(`\n${sentenceOf(certificate)}`);
  if (only === undefined && plant === undefined) keep(certificate, reports);
  else console.log('Not kept: a certificate is of all stubs, with no error planted.');
  return certificate.verdict === 'pass' ? ExitCode.pass : ExitCode.invalid;
}

function namesOf(only: string | undefined): readonly StubName[] {
  if (only === undefined) return stubNames;
  const names = only.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !stubNames.some((known) => known === name));
  if (unknown !== undefined)
    throw new OperatorError(`there is no stub "${unknown}"`, {
      code: 'usage',
      hint: `stubs are ${stubNames.join(', ')}`,
    });
  return stubNames.filter((name) => names.includes(name));
}

function keep(certificate: CertificateDoc, reports: readonly StubReport[]): void {
  const path = certificatePath();
  try {
    keepCertificate(path, certificate, reports);
    console.log(`Kept in ${path}; results carry it from now on.`);
  } catch (error) {
    console.log(`Could not be kept in ${path}: ${(error as Error).message}`);
  }
}

function tableOf({ comparisons, pacingP99Ns, uncertainty }: StubReport): string {
  const rows = comparisons.map((one) => [
    one.holds ? 'ok' : 'OFF',
    one.figure,
    shown(one, one.known),
    one.reported === null ? 'n/a' : shown(one, one.reported),
    one.least === one.most ? 'exactly' : `${shown(one, one.least)} to ${shown(one, one.most)}`,
  ]);
  const all = [['', 'figure', 'known', 'reported', 'allowed'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((cells) => cells[column]!.length)));
  const lines = all.map(
    (cells) =>
      `  ${cells
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd()}`,
  );
  return [
    ...lines,
    `  pacing error of the log: p99 ${formatDuration(pacingP99Ns)}, which leaves the median ${formatShare(uncertainty)}`,
  ].join('\n');
}

function shown({ unit }: Comparison, value: number): string {
  if (unit === 'ns') return formatDuration(value);
  return unit === 'requests' ? formatCount(value) : `${formatRate(value)}/s`;
}

function sentenceOf({
  verdict,
  stubs: stubCount,
  figures,
  missed,
  firstMissed,
  pacingP99Ns,
  uncertainty,
  hostClass,
}: CertificateDoc): string {
  const what = `${figures - missed} of ${figures} figures of ${stubCount} stubs hold on ${hostClass}`;
  const noise = `pacing error p99 ${formatDuration(pacingP99Ns)}`;
  if (verdict === 'fail') return `FAILED: ${what}; the first that does not: ${firstMissed}. ${noise}.`;
  if (verdict === 'pass') return `Passed: ${what}; ${noise}.`;
  const room = uncertainty === null ? 'no bounds' : `${formatShare(uncertainty)} of a median`;
  return `INVALID: ${what}, but the machine was too busy for them to prove anything: ${noise} leaves ${room}, at most ${formatShare(UNCERTAINTY_MAX)} are allowed.`;
}
