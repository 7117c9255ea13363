/** KIN-IMM-02: what is stored stays as it was put. */
import { busyStream } from '../history/busy-stream.ts';
import { findingOf } from '../history/history.ts';
import { changedData } from '../history/stability.ts';
import { statement } from '../statement.ts';

export const kinImm02 = statement({
  id: 'KIN-IMM-02',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'The data of a stored record never change: every read gives the bytes that were put, whatever is written and changed meanwhile.',
  source: 'Record (an immutable sequence of bytes)',
  fault: 'imm.bit-rot',
  needs: [],
  uses: { shared: [], prepared: ['busy stream'] },
  exercises: { 'acknowledged puts': 200, 'full reads': 8 },
  check: async (context) => {
    const busy = await busyStream(context);
    return findingOf(
      changedData(busy),
      `${busy.scans.length} reads of whole shards, over seconds and under load, gave the bytes that were put`,
    );
  },
});
