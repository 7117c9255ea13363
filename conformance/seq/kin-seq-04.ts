/** KIN-SEQ-04: the numbers of a shard lie between the two that it is listed with. */
import { findingOf, isBefore } from '../history/history.ts';
import { splitStream } from '../history/split-stream.ts';
import { statement } from '../statement.ts';

export const kinSeq04 = statement({
  id: 'KIN-SEQ-04',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'The sequence numbers of a shard are not below its StartingSequenceNumber and, once it is closed, not above its EndingSequenceNumber.',
  source: 'Shard, SequenceNumberRange ("the range of possible sequence numbers for the shard")',
  fault: 'seq.end-too-small',
  needs: [],
  lane: 'slow',
  uses: { shared: [], prepared: ['split in history'] },
  exercises: { 'records before the split': 40, 'records after the split': 40, 'children written': 2 },
  check: async (context) => {
    const { parent, children, early, late } = await splitStream(context);
    const outside = [...early, ...late].flatMap(({ shardId, sequenceNumber }) => {
      const shard = [parent, ...children].find(({ ShardId }) => ShardId === shardId);
      if (!shard) return [];
      const { StartingSequenceNumber: start, EndingSequenceNumber: end } = shard.SequenceNumberRange ?? {};
      const said = `${sequenceNumber} was given in ${shardId}, which is listed`;
      if (typeof start !== 'string') return [`${said} without StartingSequenceNumber`];
      if (isBefore(sequenceNumber, start)) return [`${said} with StartingSequenceNumber ${start}`];
      return end && isBefore(end, sequenceNumber) ? [`${said} with EndingSequenceNumber ${end}`] : [];
    });
    return findingOf(
      outside,
      `${early.length + late.length} numbers lie in the ranges of the closed shard and its two children`,
    );
  },
});
