/**
 * KIN-THR-09: the calls of the control plane have rates of their own. Those are tried that change nothing; a budget may hold one
 * second's calls at once, so four times as many are sent together. Others who use the account spend it too, which proves no less.
 */
import { NS_PER_S } from '../../src/clock.ts';
import type { Input } from '../../src/protocol/operations.ts';
import type { Context } from '../context.ts';
import { type Finding, broken, holds, loose, statement, unobserved } from '../statement.ts';

type Looking = 'DescribeLimits' | 'DescribeStream' | 'DescribeStreamSummary' | 'ListStreams' | 'ListTagsForStream';

/** Calls a second that AWS documents for an account, in the text of each operation. */
const rates: readonly { readonly operation: Looking; readonly perS: number; readonly ofStream: boolean }[] = [
  { operation: 'DescribeLimits', perS: 1, ofStream: false },
  { operation: 'ListStreams', perS: 5, ofStream: false },
  { operation: 'ListTagsForStream', perS: 5, ofStream: true },
  { operation: 'DescribeStream', perS: 10, ofStream: true },
  { operation: 'DescribeStreamSummary', perS: 20, ofStream: true },
];
const TIMES = 4;

export const kinThr09 = statement({
  id: 'KIN-THR-09',
  level: 'SHOULD',
  evidence: ['model'],
  sentence: 'Calls of the control plane beyond their rates are refused with LimitExceededException.',
  source:
    'ListStreams (5 a second), DescribeLimits (1), ListTagsForStream (5), DescribeStream (10), DescribeStreamSummary (20)',
  fault: 'thr.control-off',
  needs: ['throttle'],
  exercises: { 'calls beyond the rates': 50, 'operations tried': 4 },
  check: async (context) => {
    const { name: StreamName } = await context.stream(1);
    const findings: Finding[] = [];
    for (const { operation, perS, ofStream } of rates) {
      const finding = await hasten(context, operation, ofStream ? { StreamName } : {}, perS);
      if (finding.outcome === 'broken') return finding;
      findings.push(finding);
    }
    const messages = (outcome: Finding['outcome']) =>
      findings.filter((finding) => finding.outcome === outcome).map(({ message }) => message);
    if (messages('loose').length > 0) return loose(messages('loose').join('; '));
    if (messages('holds').length > 0) return holds(messages('holds').join('; '));
    return unobserved(messages('unobserved').join('; '));
  },
});

/** Sends four times as many calls together as AWS serves in a second. */
async function hasten(context: Context, operation: Looking, input: Input<Looking>, perS: number): Promise<Finding> {
  const outcomes = await Promise.all(Array.from({ length: TIMES * perS }, () => context.client.call(operation, input)));
  const beganNs = Math.min(...outcomes.map(({ sentNs }) => sentNs));
  const tookS = (Math.max(...outcomes.map(({ answeredNs }) => answeredNs)) - beganNs) / NS_PER_S;
  const served = outcomes.filter(({ kind }) => kind === 'ok').length;
  const codes = outcomes.map((outcome) => (outcome.kind === 'error' ? outcome.code : outcome.kind));
  const refused = codes.filter((code) => code === 'LimitExceededException').length;
  const most = Math.ceil(perS * (1 + tookS)) + 1;
  const said = `${outcomes.length} ${operation} calls within ${tookS.toFixed(2)} s: ${served} served, ${refused} refused with LimitExceededException`;
  if (served + refused === 0) return unobserved(`${operation} was answered with ${codes[0]}`);
  if (outcomes.length <= most) return unobserved(`${said}: too slow to be beyond ${perS} a second`);
  context.count('operations tried');
  context.count('calls beyond the rates', outcomes.length - most);
  if (served === outcomes.length) return broken(`${said}; AWS documents ${perS} a second`);
  if (refused === 0) return loose(`${said}, but with ${codes.find((code) => code !== 'ok')}`);
  return served <= most ? holds(said) : loose(`${said}, which is more than ${perS} a second`);
}
