/** KIN-IMM-03: a record keeps its place. */
import { busyStream } from '../history/busy-stream.ts';
import { findingOf } from '../history/history.ts';
import { orderDiffers } from '../history/order.ts';
import { scanPairs } from '../history/stability.ts';
import { statement } from '../statement.ts';

export const kinImm03 = statement({
  id: 'KIN-IMM-03',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'The place of a stored record among the others of its shard never changes.',
  source: 'PutRecord ("you cannot modify that record or its order within the stream")',
  fault: 'imm.compaction-reorders',
  needs: [],
  uses: { shared: [], prepared: ['busy stream'] },
  exercises: { 'reads compared': 12, 'acknowledged puts': 200 },
  check: async (context) => {
    const pairs = scanPairs((await busyStream(context)).scans);
    context.count('reads compared', pairs.length);
    return findingOf(
      pairs.flatMap(([earlier, later]) => orderDiffers(earlier, later)),
      `${pairs.length} times a shard was read again, its records stood in the same order`,
    );
  },
});
