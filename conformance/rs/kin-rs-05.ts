/** KIN-RS-05: closing a shard takes nothing out of it. */
import { NS_PER_HOUR, after } from '../passing-time.ts';
import { absent } from '../records.ts';
import { broken, holds, statement } from '../statement.ts';
import { drain } from './drain.ts';
import { splitStream } from './split-stream.ts';

const HOURS = 23;

export const kinRs05 = statement({
  id: 'KIN-RS-05',
  level: 'MUST',
  evidence: ['guide'],
  sentence: 'The records of a shard that was split stay readable in it for the retention period.',
  source: 'Resharding (data in the parent stays accessible for the retention period)',
  fault: 'reshard.drops-parent',
  needs: [],
  lane: 'slow',
  uses: { shared: [], prepared: ['split stream'] },
  exercises: { 'records of the parent read': 40 },
  check: async (context) => {
    const { stream, parent, before, shards } = await splitStream.for(context);
    if (!shards.some(({ ShardId }) => ShardId === parent.ShardId)) {
      return broken(`after its split ${parent.ShardId} is no longer listed, with ${before.length} records in it`);
    }
    const ages = context.world.capabilities.has('clock') ? [0, HOURS] : [0];
    for (const hours of ages) {
      const later = hours > 0 ? await after(context, hours * NS_PER_HOUR) : context;
      const { records } = await drain(later, stream, parent.ShardId);
      const lost = absent(before, records);
      context.count('records of the parent read', before.length - lost.length);
      if (lost.length === 0) continue;
      return broken(
        `of ${before.length} records acknowledged in ${parent.ShardId} before its split, ${lost.length} are not readable ${hours > 0 ? `${hours} hours` : 'right'} after it, first ${lost[0]!.sequenceNumber}`,
      );
    }
    const aged = ages.length > 1 ? `, and ${HOURS} hours later again` : '';
    return holds(`all ${before.length} records from before the split were read in the closed parent${aged}`);
  },
});
