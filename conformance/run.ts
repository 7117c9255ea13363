/**
 * Runs the statements through vitest against a target that is running, and gives what was found. Vitest brings isolation,
 * timeouts and cancellation; its output is silenced and its configuration is given inline, so that neither the folder it is
 * started from nor a `vitest.config` of that folder changes a verdict. Works from the sources and from the built package.
 */
import { tmpdir } from 'node:os';
import { extname, join, relative } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import { systemClock } from '../src/clock.ts';
import {
  CONFORMANCE_FORMAT,
  CONFORMANCE_VERSION,
  type ConformanceResult,
  figuresOf,
  groupOf,
  type Witness,
} from '../src/conformance-result.ts';
import { packageRoot, version } from '../src/package.ts';
import type { EmbeddedSpec } from '../src/target/spec.ts';
import type { RunningTarget } from '../src/target/target.ts';
import { createClient } from '../src/wire/client.ts';
import { pinned, versionOf } from './catalogue.ts';
import { cleanUp } from './clean-up.ts';
import { type InjectedRun, injectedSockets } from './injected.ts';
import { awsValidated } from './recordings.ts';
import { redacted } from './redaction.ts';
import { groups } from './registry.ts';
import { type Selection, selected } from './selection.ts';
import { runName } from './session.ts';
import { untilAnswering } from './silence.ts';
import { type Judgement, type Pinned, type Statement, caption } from './statement.ts';
import { spokenBy } from './witness.ts';
import { virtualWorld } from './world.ts';

export interface ConformOptions extends Selection {
  readonly seed: number;
  /** How long an acknowledged record may stay invisible, in ms; default 10 s. */
  readonly settleMs?: number | undefined;
  /** How the target is spoken to, in words. */
  readonly transport?: string | undefined;
  /** Whether it is AWS itself. */
  readonly isAws?: boolean | undefined;
  /** The version of the catalogue to judge by; default the newest. */
  readonly catalogue?: number | undefined;
  /** Whether a sample is judged again by second witnesses, which need sockets. */
  readonly witness?: boolean | undefined;
  /** Called as soon as a second witness has judged. */
  readonly onWitness?: ((judgement: Judgement, witness: Witness) => void) | undefined;
  /** Called as soon as a statement is judged. */
  readonly onFinding?: ((judgement: Judgement) => void) | undefined;
  /** Ends the run early; its streams are removed all the same. */
  readonly signal?: AbortSignal | undefined;
}

const suite = fileURLToPath(new URL(`./suite${extname(import.meta.url)}`, import.meta.url));

/** A target that answers over sockets, neither started nor stopped here; or what the reference is to be, which is made for the run. */
export type Subject = RunningTarget | EmbeddedSpec;

/** Judges every statement asked for. */
export async function conform(subject: Subject, options: ConformOptions): Promise<ConformanceResult> {
  const { seed, settleMs = 10_000, signal, onFinding, onWitness } = options;
  const catalogue = versionOf(options.catalogue);
  const asked = selected(options).map((one) => pinned(one, catalogue));
  const startedAt = isoNow();
  const sockets = 'kind' in subject ? undefined : await injectedSockets(subject);
  const redact = (judgement: Judgement) => redacted(judgement, sockets?.credentials);
  const collector = new Collector(asked, redact, { onFinding, onWitness });
  const ways = 'kind' in subject || !options.witness ? [] : await spokenBy(subject.kinesis, systemClock);
  const name = runName(systemClock, seed);
  const target = 'kind' in subject ? ({ kind: 'reference', spec: subject } as const) : sockets!;
  const ids = asked.map(({ id }) => id);
  await runSuite({ target, name, seed, settleMs, ids, catalogue, ways }, collector, signal);
  const died = 'kind' in subject || signal?.aborted ? null : await deathOf(subject);
  if (!('kind' in subject)) {
    const needs = new Set(asked.flatMap((one) => one.needs));
    const channels = needs.has('channels') && subject.capabilities.has('channels');
    const made = { deliveries: needs.has('firehose') || channels, channels };
    await cleanUp(subject, name, { cut: signal?.aborted ?? false, ...made }).catch((error: Error) =>
      collector.troubles.push(error.message),
    );
  }
  const interrupted = signal?.aborted ?? false;
  const reason = died ?? collector.troubles[0] ?? (interrupted ? 'interrupted' : 'the suite ended early');
  const judgements = asked.map((one) => {
    const judgement = collector.judgements.get(one.id) ?? unjudged(one, reason);
    if (!collector.judgements.has(one.id)) onFinding?.(judgement);
    return judgement;
  });
  const confirmed = awsValidated();
  return {
    format: CONFORMANCE_FORMAT,
    version: CONFORMANCE_VERSION,
    kinebench: version,
    catalogue,
    run: { startedAt, endedAt: isoNow(), seed, interrupted, died },
    target: targetOf(subject, options),
    groups: titlesOf(asked),
    judgements,
    ...figuresOf(judgements),
    awsValidated: asked.filter(({ id }) => confirmed.has(id)).length,
    expected: null,
    troubles: collector.troubles,
  };
}

/** Why a target is gone at the end of a run, whoever started it; null where it answers. */
async function deathOf({ died, kinesis }: RunningTarget): Promise<string | null> {
  const client = createClient(kinesis, systemClock);
  try {
    return died() ?? (await untilAnswering(client, systemClock));
  } finally {
    client.close();
  }
}

function targetOf(subject: Subject, options: ConformOptions): ConformanceResult['target'] {
  const { name } = subject;
  const transport = options.transport ?? null;
  if ('kind' in subject) {
    const { description, capabilities } = virtualWorld(subject);
    return { name, kind: 'embedded', description, url: null, transport, capabilities: [...capabilities] };
  }
  const { description, kinesis, capabilities } = subject;
  const kind = options.isAws ? 'aws' : 'sockets';
  return { name, kind, description, url: kinesis.url, transport, capabilities: [...capabilities] };
}

function titlesOf(asked: readonly Statement[]): Record<string, string> {
  const names = new Set(asked.map(({ id }) => groupOf(id)));
  return Object.fromEntries(
    Object.entries(groups).flatMap(([name, { title }]) => (names.has(name) ? [[name, title]] : [])),
  );
}

function isoNow(): string {
  return new Date(systemClock.now()).toISOString();
}

async function runSuite(run: InjectedRun, reporter: Collector, signal: AbortSignal | undefined): Promise<void> {
  // Loaded only when statements are run: it is by far the largest module of kinebench.
  const { startVitest } = await import('vitest/node');
  const { exitCode } = process;
  const listeners = signalListeners();
  const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  const vitest: Vitest = await startVitest(
    [],
    {
      config: false,
      root: packageRoot,
      watch: false,
      include: [relative(packageRoot, suite)],
      // The defaults leave out dist and node_modules, which is where the suite is once it is installed.
      exclude: [],
      reporters: [reporter, { onInit: (started) => signal && cancelOn(signal, started, listeners) }],
      pool: 'threads',
      maxWorkers: 1,
      isolate: false,
      silent: true,
      provide: { run },
    },
    { envDir: false, cacheDir: join(tmpdir(), 'kinebench-vite'), logLevel: 'silent' },
    { stdout: nowhere(), stderr: nowhere() },
  );
  await vitest.close();
  // Vitest sets it for a red test; what a verdict means for the process is decided by the command line.
  process.exitCode = exitCode;
}

/**
 * Lets the caller's signal end the run. Vitest listens to SIGINT and SIGTERM itself and ends the whole process a millisecond
 * later, before any stream is removed: what it added since `before` is taken off again.
 */
function cancelOn(signal: AbortSignal, vitest: Vitest, before: SignalListeners): void {
  for (const name of interrupts) {
    for (const listener of process.listeners(name)) if (!before[name].includes(listener)) process.off(name, listener);
  }
  const cancel = () => void vitest.cancelCurrentRun('keyboard-input');
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
}

const interrupts = ['SIGINT', 'SIGTERM'] as const;
type SignalListeners = Readonly<Record<(typeof interrupts)[number], readonly NodeJS.SignalsListener[]>>;

function signalListeners(): SignalListeners {
  return { SIGINT: process.listeners('SIGINT'), SIGTERM: process.listeners('SIGTERM') };
}

/** The reporter: collects judgements from the metadata of tests, and errors that belong to none. */
class Collector implements Reporter {
  readonly judgements = new Map<string, Judgement>();
  readonly troubles: string[] = [];
  readonly #asked: readonly Pinned[];
  readonly #redact: (judgement: Judgement) => Judgement;
  readonly #told: Pick<ConformOptions, 'onFinding' | 'onWitness'>;

  constructor(
    asked: readonly Pinned[],
    redact: (judgement: Judgement) => Judgement,
    told: Pick<ConformOptions, 'onFinding' | 'onWitness'>,
  ) {
    this.#asked = asked;
    this.#redact = redact;
    this.#told = told;
  }

  onTestCaseResult(test: TestCase): void {
    const { witness } = test.meta();
    if (witness) {
      this.#hear(witness);
      return;
    }
    const made = test.meta().judgement ?? this.#withoutVerdict(test);
    if (!made) return;
    const judgement = this.#redact(made);
    this.judgements.set(judgement.id, judgement);
    this.#told.onFinding?.(judgement);
  }

  /** Statements are all judged before the first witness is asked. */
  #hear({ id, by, outcome, message }: Witness & { readonly id: string }): void {
    const judgement = this.judgements.get(id);
    if (!judgement) return;
    const witness = { by, outcome, message: this.#redact({ ...judgement, message }).message };
    const heard = { ...judgement, witnesses: [...(judgement.witnesses ?? []), witness] };
    this.judgements.set(id, heard);
    this.#told.onWitness?.(heard, witness);
  }

  /** Of a check that did not end in time or threw what no check may: a defect of the check, and no verdict on the target. */
  #withoutVerdict(test: TestCase): Judgement | undefined {
    const { state, errors } = test.result();
    // What is merely skipped here was cancelled.
    if (state !== 'failed') return undefined;
    const statement = this.#asked.find(({ id }) => test.name.startsWith(`${id}: `));
    if (!statement) {
      this.troubles.push(`second witness: ${test.fullName}: ${errors[0]?.message.split('\n')[0] ?? 'did not end'}`);
      return undefined;
    }
    return unjudged(statement, errors[0]?.message.split('\n')[0] ?? 'its check did not end');
  }

  onTestModuleEnd(module: TestModule): void {
    this.troubles.push(...module.errors().map((error) => error.message));
  }

  onTestRunEnd(_modules: readonly TestModule[], errors: readonly { message: string }[]): void {
    this.troubles.push(...errors.map((error) => error.message));
  }
}

function unjudged(of: Pinned, reason: string): Judgement {
  return {
    ...caption(of),
    verdict: 'indeterminate',
    outcome: 'unobserved',
    message: `not judged: ${reason}`,
    exercised: {},
    tookMs: 0,
    exchanges: [],
  };
}
