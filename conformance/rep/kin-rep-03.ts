/** KIN-REP-03: a split leaves what was written before it as it was. */
import { findingOf } from '../history/history.ts';
import { replayDiffers } from '../history/stability.ts';
import { splitStream } from '../history/split-stream.ts';
import { statement } from '../statement.ts';

export const kinRep03 = statement({
  id: 'KIN-REP-03',
  level: 'MUST',
  evidence: ['guide'],
  sentence: 'A shard gives the same records, byte for byte, before it is split and after it is closed.',
  source: 'Kinesis Data Streams, after resharding (records that were in the parent stay there and can be read)',
  fault: 'reshard.rewrites-parent',
  needs: [],
  lane: 'slow',
  uses: { shared: [], prepared: ['split in history'] },
  exercises: { 'records before the split': 40, 'records read before it': 40 },
  check: async (context) => {
    const { before, after } = await splitStream(context);
    const { length } = before.pages.flat();
    context.count('records read before it', length);
    return findingOf(
      replayDiffers(before, after),
      `the closed shard gave the same ${length} records as before the split`,
    );
  },
});
