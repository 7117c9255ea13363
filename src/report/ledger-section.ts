/** What became of every record: the classes of the ledger with their meaning, the verdicts, the witnesses and the sweep. */
import type { Result } from '../result.ts';
import type { Anomaly } from '../verify/ledger-report.ts';
import { formatCount, formatDuration, formatPlural } from '../measure/format.ts';
import { html, table, type Markup } from './markup.ts';
import { verdictMark } from './verdict-mark.ts';

/** Every class with its definition, in the order of gravity. */
const definitions: Record<Anomaly, readonly [breaks: boolean, meaning: string]> = {
  lost: [true, 'acknowledged, inside retention, and absent from a sweep made after the run'],
  missed: [
    true,
    'found by the sweep between two records that a consumer read in its shard, and not given to the consumer',
  ],
  duplicated: [true, 'one attempt, one acknowledgement, two sequence numbers'],
  reordered: [true, 'read in another order than promised: a was acknowledged before b was sent, or b was chained to a'],
  changed: [true, 'other bytes, key, arrival time or position on a second read, or than were put'],
  ghost: [true, 'never sent, or rejected yet readable'],
  misplaced: [true, 'delivered under the prefix of another partition than its own keys say'],
  late: [false, 'not seen by the consumer in time, found by the sweep'],
  'backed-up': [
    false,
    'acknowledged, not delivered, and found in the backup or among the errors of its delivery stream',
  ],
  unread: [false, 'the sweep could not finish, so nothing is known'],
  maybe: [false, 'timeout, 5xx or InternalFailure: may be stored or not'],
  retried: [false, 'a second attempt stored a second record, since the first had no certain answer: legal'],
  expired: [false, 'acknowledged, and absent from the sweep when its retention was over: legal'],
  redelivered: [false, 'one sequence number seen twice by one consumer: legal after a restart or resubscription'],
};
const order = Object.keys(definitions) as readonly Anomaly[];

/** The ledger of the run. */
export function ledgerSection(result: Result): Markup {
  const { ledger } = result;
  const { sweep } = ledger;
  const whole = result.scenario.plan.streams.length > 0 ? 'reached the end of every shard' : 'left nothing out';
  const read = sweep.complete
    ? `The sweep from ${sweep.from ?? 'TRIM_HORIZON'} read ${formatPlural(sweep.records, 'record')} in ${formatDuration(sweep.durationNs)} and ${whole}${sweep.reads > 1 ? '; a second one was made to compare' : ''}.`
    : `The sweep from ${sweep.from ?? 'TRIM_HORIZON'} did not finish (${sweep.reason ?? 'no reason given'}); it read ${formatPlural(sweep.records, 'record')}. Losses cannot be proved or excluded.`;
  // Results of earlier versions know fewer classes.
  const count = (anomaly: Anomaly) => ledger.counts[anomaly] ?? 0;
  const classes = order.map((anomaly) => [
    count(anomaly) === 0 ? anomaly : html`<strong>${anomaly}</strong>`,
    count(anomaly) === 0 ? '0' : html`<strong>${formatCount(count(anomaly))}</strong>`,
    definitions[anomaly][0] ? 'breaks correctness' : 'counted',
    definitions[anomaly][1],
  ]);
  return html`<section>
    <h2>Ledger</h2>
    <p>
      ${formatCount(ledger.sent)} sent, ${formatCount(ledger.acknowledged)} acknowledged,
      ${formatCount(ledger.rejected)} rejected, ${formatCount(ledger.swept)} found by the
      sweep${ledger.foreign > 0 ? `, ${formatCount(ledger.foreign)} foreign` : ''}${ledger.elsewhere > 0 ? `, ${formatCount(ledger.elsewhere)} of other segments` : ''}.
      ${read}
    </p>
    ${(ledger.unjudged ?? []).length === 0 ? null : html`<p class="note">Not judged: ${ledger.unjudged.join(' ')}</p>`}
    ${ledger.verdicts.length === 0 ? html`<p>The scenario asks for no verification.</p>` : verdictTable(result)}
    ${table('Classes of the ledger', ['class', 'records', '', 'meaning'], classes, [1])} ${witnessTable(result)}
  </section> `;
}

function verdictTable(result: Result): Markup {
  const rows = result.ledger.verdicts.map((one) => [verdictMark(one.verdict), one.name, one.explanation]);
  return table('Verdicts of the ledger', ['verdict', 'verified', 'why'], rows);
}

function witnessTable(result: Result): Markup | null {
  const { witnesses } = result.ledger;
  if (witnesses.length === 0) return null;
  const rows = witnesses.map((one) => [
    one.anomaly,
    `${one.producer} #${one.counter}`,
    one.shardId ?? '–',
    one.sequenceNumber ?? '–',
    one.detail,
  ]);
  return html`<h3>First witnesses</h3>
    ${table('First witnesses', ['class', 'record', 'shard', 'sequence number', 'detail'], rows)}`;
}
