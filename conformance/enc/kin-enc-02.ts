/** KIN-ENC-02: what is stored stays readable, however encryption changes. */
import type { Acknowledged } from '../records.ts';
import { absent, firstShard, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { OWN_KEY, some, start, stop } from './encryption.ts';

const EACH = 10;
/** Where keys are the operator's to invent. */
const OTHER_KEY = 'alias/kinebench-conform';

export const kinEnc02 = statement({
  id: 'KIN-ENC-02',
  level: 'MUST',
  profile: 'extended',
  evidence: ['inferred'],
  sentence:
    'Records stay readable, with the same data, after encryption was started, was given another key, and was stopped.',
  source: 'Server-side encryption, developer guide; StartStreamEncryption',
  fault: 'enc.old-unreadable',
  needs: [],
  uses: { streams: [1], shared: [] },
  exercises: { 'changes of encryption': 2, 'records read': 3 * EACH },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const { ShardId: shardId } = firstShard(stream);
    const stored: Acknowledged[] = await some(context, stream, EACH);
    if (absent(stored, await sweep(context, stream, shardId, stored)).length > 0)
      return unobserved('records were not readable before any change of encryption');
    const rekey: [string, () => Promise<unknown>][] = context.world.capabilities.has('kms')
      ? [['encryption was given another key', () => start(context, stream, OTHER_KEY)]]
      : [];
    const steps: [string, () => Promise<unknown>][] = [
      ['encryption was started', () => start(context, stream, OWN_KEY)],
      ...rekey,
      ['encryption was stopped', () => stop(context, stream, rekey.length > 0 ? OTHER_KEY : OWN_KEY)],
    ];
    for (const [what, change] of steps) {
      await change();
      context.count('changes of encryption');
      const records = await sweep(context, stream, shardId, stored);
      const [gone, ...others] = absent(stored, records);
      if (gone)
        return broken(
          `after ${what}, ${others.length + 1} of ${stored.length} records that were readable before are not, the first ${gone.sequenceNumber}`,
        );
      const data = new Map(records.map((record) => [record.SequenceNumber, record.Data.toString('base64')]));
      const changed = stored.find((record) => data.get(record.sequenceNumber) !== record.data);
      if (changed) return broken(`after ${what}, record ${changed.sequenceNumber} has other data than were put`);
      stored.push(...(await some(context, stream, EACH)));
    }
    return holds(`${stored.length} records stayed readable over ${steps.length} changes of encryption`);
  },
});
