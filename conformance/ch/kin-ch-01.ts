/** KIN-CH-01: a channel begins where its stream is when it is made. */
import { sleepFor } from '../../src/clock.ts';
import { haveAll, textOf } from '../fh/delivery-stream.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { newTexts, putTexts, withChannel, withSource, writtenOf } from './channel.ts';

const RECORDS = 6;

export const kinCh01 = statement({
  id: 'KIN-CH-01',
  level: 'MUST',
  profile: 'aws-2026',
  evidence: ['guide'],
  sentence:
    'A channel delivers the records that are put once it is ACTIVE, and none that were in its stream before it was made.',
  source: 'Kinesis Data Streams developer guide, data delivery (no backfill)',
  fault: 'ch.backfills',
  needs: ['channels', 'clock'],
  lane: 'slow',
  uses: { streams: [4], onDemand: 1, seconds: 1000 },
  exercises: { 'channels made': 1, 'records put': 2 * RECORDS, 'objects read': 1 },
  check: (context) =>
    withSource(context, async (source) => {
      const before = newTexts(context, RECORDS);
      await putTexts(context, source, before);
      // By then they can be read: nobody who begins later may take them for new.
      await sleepFor(context.clock, context.settleNs);
      return withChannel(context, source, 'BYTE_ARRAY', async () => {
        const after = newTexts(context, RECORDS);
        await putTexts(context, source, after);
        const { records } = await writtenOf(context, source, (written) => haveAll(after)(written.records));
        const delivered = textOf(records);
        const old = before.filter((text) => delivered.includes(text)).length;
        const came = after.filter((text) => delivered.includes(text)).length;
        const said = `of ${RECORDS} records put before a channel was made it delivered ${old}, of ${RECORDS} put once it was ACTIVE ${came}`;
        if (old > 0) return broken(`${said}; AWS documents that there is no backfill`);
        return came === RECORDS ? holds(said) : unobserved(`${said}; the others may still come`);
      });
    }),
});
