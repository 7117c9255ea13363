/**
 * Whole runs of this tool against stubs whose logs are the known answer: the certificate of what its numbers are worth on a machine. The
 * same stubs stand behind sockets on the real clock, or in process on the virtual one.
 */
import type { Clock } from '../clock.ts';
import type { PlantedError } from '../fleet/crew.ts';
import type { ScenarioDoc } from '../result.ts';
import { type RunOptions, runPlan } from '../run/run.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { RunningTarget } from '../target/target.ts';
import { type StubName, stubs } from './behaviour.ts';
import { compare, type Comparison, MEDIAN } from './comparison.ts';
import { knownFrom, percentileOf } from './known.ts';
import type { LogEntry } from './stub.ts';

/** Puts a second, and for how long: enough for ten requests beyond p99.9, and little enough for a machine with other work. */
const PER_S = 600;
const LOAD_S = 18;
/**
 * A stub is measured so often at the most, each time with less load for longer, until the machine lets requests arrive in time; the
 * quietest measurement counts.
 */
const ATTEMPTS = 3;
/** Where the machine's noise leaves a stub's median more room than this share of it, a measurement proves nothing. */
export const UNCERTAINTY_MAX = 0.25;

/** A stub that takes requests. */
export interface OpenStub extends AsyncDisposable {
  readonly target: RunningTarget;
  readonly inProcess?: RunOptions['inProcess'];
  log(): Promise<readonly LogEntry[]>;
}

/** Where stubs stand. */
export interface StubHost {
  readonly clock: Clock;
  open(name: StubName, seed: number): Promise<OpenStub>;
}

export interface StubReport {
  readonly stub: StubName;
  readonly comparisons: readonly Comparison[];
  /** How late requests arrived at the stub against their due times, in ns. */
  readonly pacingP99Ns: number;
  /** Room that the machine's noise leaves the median of accepted responses, as a share of it: nothing of what was reported is in it. */
  readonly uncertainty: number;
}

export interface CalibrationOptions {
  readonly seed: number;
  /** An error that the calibration must find, to see that it can. */
  readonly plant?: PlantedError | undefined;
  readonly stop: AbortSignal;
}

/** Measures one stub and compares. What a repetition is chosen by is the machine's noise, never how well the figures fit. */
export async function calibrate(name: StubName, host: StubHost, options: CalibrationOptions): Promise<StubReport> {
  const reports: StubReport[] = [];
  do reports.push(await measureOnce(name, host, options, reports.length + 1));
  while (!options.stop.aborted && reports.length < ATTEMPTS && reports.at(-1)!.uncertainty > UNCERTAINTY_MAX);
  return reports.reduce((a, b) => (b.uncertainty < a.uncertainty ? b : a));
}

async function measureOnce(
  name: StubName,
  host: StubHost,
  options: CalibrationOptions,
  attempt: number,
): Promise<StubReport> {
  await using stub = await host.open(name, options.seed);
  let startNs = NaN;
  const result = await runPlan({
    ...options,
    scenario: scenarioOf(name, attempt),
    target: stub.target,
    id: 'calibrat',
    clock: host.clock,
    threads: 1,
    onProgress: (progress) => {
      if (progress.kind === 'start') startNs = progress.startNs;
    },
    ...(stub.inProcess ? { inProcess: stub.inProcess } : {}),
  });
  const log = await stub.log();
  const comparisons = compare(name, log, result, startNs);
  return {
    stub: name,
    comparisons,
    uncertainty: uncertaintyOf(comparisons),
    pacingP99Ns: percentileOf(knownFrom(log).pacing, 0.99),
  };
}

/** Endless for a stub that answered too little for a median. */
function uncertaintyOf(comparisons: readonly Comparison[]): number {
  const median = comparisons.find(({ figure }) => figure === MEDIAN);
  return median ? (median.most - median.least) / median.known : Infinity;
}

/** In-flight calls are not capped short of the stall: what waited for a slot would count as pacing error, and excuse anything. */
function scenarioOf(name: StubName, attempt: number): ScenarioDoc {
  const { what, recordBytes } = stubs[name];
  const text = `name: calibrate-${name}
question: Does kinebench report what a stub did (${what})?
expected: To the request, and every percentile within 1 % of the stub's own log; more would prove it wrong.
streams: { stub: { shards: 1 } }
fleets:
  writers:
    produce: PutRecord
    agents: 4
    rate: ${PER_S / attempt} records/s total
    in-flight: 2000
    record: { size: ${recordBytes} B, key: uniform(100) }
phases: [{ name: steady, for: ${LOAD_S * attempt}s }]
`;
  const { plan, planHash } = parseScenario(text, { file: `calibrate-${name}.yaml` });
  return { file: null, text, planHash, plan, overrides: [] };
}
