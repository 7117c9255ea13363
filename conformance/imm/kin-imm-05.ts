/** KIN-IMM-05: a closed shard is closed. */
import { contentsOf, findingOf, textOf } from '../history/history.ts';
import { splitStream } from '../history/split-stream.ts';
import { statement } from '../statement.ts';

export const kinImm05 = statement({
  id: 'KIN-IMM-05',
  level: 'MUST',
  evidence: ['guide'],
  sentence: 'A shard that is closed takes no more records: what is put after it was split goes to its children.',
  source: 'Kinesis Data Streams, after resharding (a CLOSED shard takes no records)',
  fault: 'imm.append-after-close',
  needs: [],
  lane: 'slow',
  uses: { shared: [], prepared: ['split in history'] },
  exercises: { 'records before the split': 40, 'records after the split': 40, 'children written': 2 },
  check: async (context) => {
    const { parent, early, late, after } = await splitStream(context);
    const { ShardId } = parent;
    const told = late
      .filter(({ shardId }) => shardId === ShardId)
      .map(
        ({ data, sequenceNumber }) =>
          `${textOf(data)}, put after the stream was ACTIVE again and ${ShardId} listed as closed, was answered with ${sequenceNumber} of ${ShardId}`,
      );
    const behind = new Set(late.map(({ data }) => data));
    const read = contentsOf(after)
      .filter(({ data }) => behind.has(data))
      .map(
        ({ data, sequenceNumber }) =>
          `${textOf(data)}, put after ${ShardId} was closed, is read there at ${sequenceNumber}`,
      );
    return findingOf(
      [...told, ...read],
      `of ${late.length} records put after the split none went to the closed shard, which holds ${early.length}`,
    );
  },
});
