/** KIN-SEQ-05: as time passes, the numbers of a key rise. */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { findingOf, isBefore } from '../history/history.ts';
import { type Acknowledged, put } from '../records.ts';
import { statement } from '../statement.ts';

const ROUNDS = 4;
const PUTS = 3;
/** Between two rounds: AWS's numbers hold seconds. */
const APART_NS = 2 * NS_PER_S;
const APART_S = APART_NS / NS_PER_S;

export const kinSeq05 = statement({
  id: 'KIN-SEQ-05',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'Sequence numbers of one partition key increase over time: a put seconds after another gets the greater number.',
  source: 'PutRecord ("Sequence numbers increase over time")',
  fault: 'seq.clock-backwards',
  needs: [],
  exercises: { 'puts seconds apart': (ROUNDS - 1) * PUTS },
  check: async (context) => {
    const stream = await context.stream(1);
    const falling: string[] = [];
    let last: Acknowledged | undefined;
    for (let round = 0; round < ROUNDS; round += 1) {
      // No wait for anything: the pause is what is tried.
      if (round > 0) await sleepFor(context.clock, APART_NS);
      const records: Acknowledged[] = [];
      for (let index = 0; index < PUTS; index += 1) records.push(await put(context, stream, { key: 'seconds-apart' }));
      for (const { sequenceNumber, shardId } of last ? records : []) {
        context.count('puts seconds apart');
        if (isBefore(last!.sequenceNumber, sequenceNumber)) continue;
        falling.push(
          `two puts of one key, ${APART_S} s apart, were answered ${last!.sequenceNumber} and then ${sequenceNumber} in ${shardId}, which is not greater`,
        );
      }
      last = records.at(-1);
    }
    return findingOf(falling, `${(ROUNDS - 1) * PUTS} puts got greater numbers than one ${APART_S} s before them`);
  },
});
