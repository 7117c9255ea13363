/**
 * The statements of the matrix by session. Most have one of their own. Those that only look at something made once in a session
 * (a recorded history, an overload, a split) are judged in one, as over sockets: what they look at is made once for all of
 * them, and what they find is what each would have found alone.
 */
import type { Statement } from '../statement.ts';

/** By what they look at. Only the last of each may also call the endpoint: what a fault does then counts for nobody before it. */
const lookers = {
  'history/busy-stream.ts':
    'ORD-01 ORD-03 ORD-04 ORD-06 ORD-07 ORD-08 ORD-10 ORD-12 SEQ-01 SEQ-03 REP-01 IMM-02 IMM-03 IMM-04 REP-02',
  'history/split-stream.ts': 'SEQ-04 REP-03 IMM-05',
  'pr/overload.ts': 'PR-02 PR-03 PR-04 PR-05 PR-06',
  'rs/split-stream.ts': 'RS-01 RS-09',
};

/** Their ids, session by session. */
export function columnsOf(asked: readonly Statement[]): string[][] {
  const ids = asked.map(({ id }) => id);
  const together = Object.values(lookers).map((names) =>
    names.split(' ').flatMap((name) => (ids.includes(`KIN-${name}`) ? [`KIN-${name}`] : [])),
  );
  const shared = new Set(together.flat());
  return [...together, ...ids.filter((id) => !shared.has(id)).map((id) => [id])].filter((column) => column.length > 0);
}
