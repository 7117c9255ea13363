/**
 * One result of the segments of a run. What can be added is added: counts, buckets of histograms, the classes of the ledger (each record
 * was sent, and is judged, by one segment alone). What was judged on a part is judged again on the whole. Percentiles are never
 * merged: those of a second in which several machines measured are left out of the series.
 */
import { ErrorTally } from '../fleet/error-tally.ts';
import type {
  CountDoc,
  CountSeries,
  LatencyDoc,
  LatencySeries,
  PhaseDoc,
  PollingDoc,
  Result,
  SeriesDoc,
} from '../result.ts';
import { LatencyHistogram } from '../measure/histogram.ts';
import { withArrears } from './arrears.ts';
import { latencyDoc, pairDocs } from './documents.ts';
import { cpuDocs } from './cpu.ts';
import { judgeExpectations } from './expectations.ts';
import { mergeEnvironments, mergeSteps, mergeValidity } from './merge-machines.ts';
import { mergeLedgers } from './merge-ledger.ts';
import { checkParts, type Part } from './merge-refusal.ts';
import { supportedBy, withSkipped } from './support.ts';
import { verdictOf } from './verdict.ts';

/** Throws OperatorError `parts-refused` with everything that speaks against it. */
export function mergeResults(given: readonly Part[]): Result {
  const parts = checkParts(given);
  const [first] = parts;
  const { throttling: _, cpu: __, ...common } = first;
  const steps = mergeSteps(parts);
  const { plan, unsupported, skipped } = supportedBy(new Set(first.target.capabilities), first.scenario.plan);
  const counts = mergeCounts(parts);
  const latencies = mergeLatencies(parts);
  const interrupted = parts.some(({ run }) => run.interrupted);
  const cpu = parts.every((part) => part.cpu) ? { cpu: cpuDocs(parts.flatMap((part) => part.cpu ?? [])) } : {};
  const evidence = {
    phases: mergePhases(parts),
    counts,
    latencies: interrupted ? latencies : withArrears(latencies, plan, counts),
    series: mergeSeries(parts),
    ledger: mergeLedgers(parts),
    ...cpu,
    ...(plan.pairs && {
      pairs: pairDocs(
        plan.pairs,
        parts.flatMap(({ pairs }) => pairs ?? []),
      ),
    }),
  };
  const errors = new ErrorTally();
  for (const part of parts) errors.merge(part.errors);
  const ran = plan.fleets.map(({ name }) => name);
  const validity = mergeValidity(parts, { ...evidence, errors: errors.kinds, fleets: ran });
  const expectations = withSkipped(judgeExpectations(plan.expect, evidence), skipped);
  const order = (pick: (result: Result) => string) => parts.map(pick).toSorted();
  return {
    ...common,
    ...evidence,
    verdict: verdictOf({ ledger: evidence.ledger, validity, expectations, unsupported, interrupted }),
    run: {
      ...first.run,
      startedAt: order(({ run }) => run.startedAt)[0]!,
      endedAt: order(({ run }) => run.endedAt).at(-1)!,
      interrupted,
      segment: null,
      machines: parts.length,
    },
    client: { ...first.client, threads: parts.reduce((sum, { client }) => sum + client.threads, 0) },
    environment: mergeEnvironments(parts),
    calibration: parts.some(({ calibration }) => calibration === null)
      ? null
      : (parts.find(({ calibration }) => calibration?.verdict !== 'pass') ?? first).calibration,
    validity,
    polling: mergePolling(parts),
    expectations,
    errors: errors.kinds,
    ...(steps.length > 0 ? { steps } : {}),
  };
}

/** Groups what all parts have under one key, in the order of its first appearance. */
function grouped<T>(parts: readonly Result[], pick: (result: Result) => readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of parts.flatMap(pick)) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups.values()];
}

function mergePhases(parts: readonly Result[]): PhaseDoc[] {
  const groups = grouped(
    parts,
    ({ phases }) => phases,
    ({ name }) => name,
  );
  return groups.map((docs) => ({ ...docs[0]!, endNs: Math.max(...docs.map(({ endNs }) => endNs)) }));
}

function mergeCounts(parts: readonly Result[]): CountDoc[] {
  const groups = grouped(
    parts,
    ({ counts }) => counts,
    (doc) => JSON.stringify([doc.fleet, doc.phase, doc.metric]),
  );
  return groups.map((docs) => ({
    ...docs[0]!,
    count: docs.reduce((sum, { count }) => sum + count, 0),
    bytes: docs.reduce((sum, { bytes }) => sum + bytes, 0),
  }));
}

function mergeLatencies(parts: readonly Result[]): LatencyDoc[] {
  const groups = grouped(
    parts,
    ({ latencies }) => latencies,
    (doc) => JSON.stringify([doc.fleet, doc.phase, doc.metric, doc.outcome]),
  );
  return groups.map((docs) => {
    const histogram = new LatencyHistogram();
    for (const doc of docs) histogram.add(LatencyHistogram.of(doc));
    return latencyDoc({ ...docs[0]!, histogram }, docs[0]!.phase);
  });
}

function mergeSeries(parts: readonly Result[]): SeriesDoc {
  const bins = Math.max(...parts.map(({ series }) => series.bins));
  const added = (lists: readonly (readonly number[])[]) =>
    Array.from({ length: bins }, (_, bin) => lists.reduce((sum, list) => sum + (list[bin] ?? 0), 0));
  const counts = grouped<CountSeries>(
    parts,
    ({ series }) => series.counts,
    (line) => JSON.stringify([line.fleet, line.shard, line.metric, line.attribution]),
  ).map((lines) => ({
    ...lines[0]!,
    values: added(lines.map(({ values }) => values)),
    bytes: added(lines.map(({ bytes }) => bytes)),
  }));
  const latencies = grouped<LatencySeries>(
    parts,
    ({ series }) => series.latencies,
    (line) => JSON.stringify([line.fleet, line.metric, line.outcome]),
  ).map((lines) => mergeLines(lines, bins));
  return { binNs: parts[0]!.series.binNs, bins, counts, latencies };
}

function mergeLines(lines: readonly LatencySeries[], bins: number): LatencySeries {
  const alone = Array.from({ length: bins }, (_, bin) => {
    const filled = lines.filter(({ counts }) => (counts[bin] ?? 0) > 0);
    return filled.length === 1 ? filled[0] : undefined;
  });
  const percentile = (name: 'p50Ns' | 'p90Ns' | 'p99Ns') => alone.map((line, bin) => line?.[name][bin] ?? null);
  return {
    ...lines[0]!,
    counts: alone.map((_, bin) => lines.reduce((sum, { counts }) => sum + (counts[bin] ?? 0), 0)),
    p50Ns: percentile('p50Ns'),
    p90Ns: percentile('p90Ns'),
    p99Ns: percentile('p99Ns'),
    maxNs: alone.map((_, bin) => {
      const known = lines.flatMap(({ maxNs }) => maxNs[bin] ?? []);
      return known.length > 0 ? Math.max(...known) : null;
    }),
  };
}

/** Means weighted by what each is a mean of. */
function mergePolling(parts: readonly Result[]): PollingDoc[] {
  return grouped(
    parts,
    ({ polling }) => polling,
    ({ fleet }) => fleet,
  ).map((docs) => {
    const total = (of: (doc: PollingDoc) => number) => docs.reduce((sum, doc) => sum + of(doc), 0);
    const records = total((doc) => doc.records);
    const intervals = total((doc) => doc.intervals);
    const intervalsNs = total((doc) => doc.intervals * doc.pollIntervalMeanNs);
    const propagationMeanNs = total((doc) => doc.records * doc.propagationMeanNs) / records;
    const callMeanNs = total((doc) => doc.records * doc.callMeanNs) / records;
    // E[T²] / 2E[T] over all intervals: each part's own, weighted by the time that its intervals take together.
    const phaseMeanNs = total((doc) => doc.intervals * doc.pollIntervalMeanNs * doc.phaseMeanNs) / intervalsNs;
    return {
      fleet: docs[0]!.fleet,
      records,
      polls: total((doc) => doc.polls),
      intervals,
      pollIntervalMeanNs: intervalsNs / intervals,
      propagationMeanNs,
      phaseMeanNs,
      callMeanNs,
      residualMeanNs: propagationMeanNs - phaseMeanNs - callMeanNs,
    };
  });
}
