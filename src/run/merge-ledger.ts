/**
 * The ledgers of segments as one. Every record was sent by one segment, which swept the whole stream for it: so sums count each record
 * once, and a loss is proved by the sender's sweep. What no segment can tell is whether the consumers of another one had seen
 * its records in time, or were led past them: `late` and `missed` speak of consumers on the sender's machine.
 */
import type { Result } from '../result.ts';
import { anomalies, type Anomaly, type LedgerReport } from '../verify/ledger-report.ts';
import type { Verdict } from '../verify/verdict.ts';

/** Witnesses of a class that are kept. */
const WITNESSES = 5;

export function mergeLedgers(parts: readonly Result[]): LedgerReport {
  const ledgers = parts.map(({ ledger }) => ledger);
  const total = (of: (ledger: LedgerReport) => number) => ledgers.reduce((sum, ledger) => sum + of(ledger), 0);
  const most = (of: (ledger: LedgerReport) => number) => Math.max(...ledgers.map(of));
  const incomplete = ledgers.findIndex(({ sweep }) => !sweep.complete);
  return {
    sent: total(({ sent }) => sent),
    acknowledged: total(({ acknowledged }) => acknowledged),
    rejected: total(({ rejected }) => rejected),
    swept: total(({ swept }) => swept),
    // Each sweep met the same ones.
    foreign: most(({ foreign }) => foreign),
    elsewhere: 0,
    unjudged: [...new Set(ledgers.flatMap(({ unjudged }) => unjudged))],
    counts: Object.fromEntries(
      anomalies.map((anomaly) => [anomaly, total(({ counts }) => counts[anomaly] ?? 0)]),
    ) as Record<Anomaly, number>,
    witnesses: anomalies.flatMap((anomaly) =>
      ledgers
        .flatMap(({ witnesses }) => witnesses.filter((witness) => witness.anomaly === anomaly))
        .slice(0, WITNESSES),
    ),
    order: {
      promised: total(({ order }) => order.promised),
      apart: total(({ order }) => order.apart),
      neighbours: total(({ order }) => order.neighbours),
    },
    compared: total(({ compared }) => compared),
    sweep: {
      complete: incomplete < 0,
      records: most(({ sweep }) => sweep.records),
      durationNs: most(({ sweep }) => sweep.durationNs),
      reason: incomplete < 0 ? null : `segment ${incomplete + 1}: ${ledgers[incomplete]!.sweep.reason}`,
      from: [...new Set(ledgers.map(({ sweep }) => sweep.from))].join('; '),
      reads: most(({ sweep }) => sweep.reads),
    },
    verdicts: parts[0]!.scenario.plan.verify.map((name) => {
      const each = ledgers.map(({ verdicts }) => verdicts.find((one) => one.name === name));
      return {
        name,
        verdict: gravestOf(each.map((one) => one?.verdict ?? 'indeterminate')),
        explanation: each.map((one, at) => `segment ${at + 1}: ${one?.explanation ?? 'not judged'}`).join('; '),
      };
    }),
  };
}

/** A break anywhere is a break; a part that could not be judged leaves the whole unjudged. */
function gravestOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.every((verdict) => verdict === 'pass') ? 'pass' : 'indeterminate';
}
