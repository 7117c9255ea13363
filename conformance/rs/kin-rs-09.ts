/** KIN-RS-09: a closed shard is read like any other. */
import type { Input } from '../../src/protocol/operations.ts';
import { refusable } from '../refusable-call.ts';
import { Unobservable } from '../context.ts';
import { absent, inOrder, read } from '../records.ts';
import { broken, holds, loose, statement } from '../statement.ts';
import { splitStream } from './split-stream.ts';

export const kinRs09 = statement({
  id: 'KIN-RS-09',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'GetShardIterator gives iterators of all five types for a closed shard, and they read its records.',
  source: 'GetShardIterator; SplitShard (the parent is closed, and its data stay readable)',
  fault: 'reshard.closed-404',
  needs: [],
  lane: 'slow',
  uses: { shared: [], prepared: ['split stream'] },
  exercises: { 'iterators used': 5 },
  check: async (context) => {
    const { stream, parent, before } = await splitStream.for(context);
    const { ShardId } = parent;
    const records = inOrder(before);
    const cut = records.length >> 1;
    const StartingSequenceNumber = records[cut]!.sequenceNumber;
    // Long before the first record, whatever the clocks of both sides say.
    const Timestamp = Math.floor(context.clock.now() / 1000) - 7200;
    const ways: readonly [Omit<Input<'GetShardIterator'>, 'ShardId'>, typeof records][] = [
      [{ ShardIteratorType: 'TRIM_HORIZON' }, records],
      [{ ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber }, records.slice(cut)],
      [{ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber }, records.slice(cut + 1)],
      [{ ShardIteratorType: 'AT_TIMESTAMP', Timestamp }, records],
      [{ ShardIteratorType: 'LATEST' }, []],
    ];
    for (const [input, expect] of ways) {
      const answer = await refusable(context, 'GetShardIterator', { StreamName: stream.name, ShardId, ...input });
      const sent = `GetShardIterator ${input.ShardIteratorType} of the closed ${ShardId}`;
      if (answer.kind === 'refused') return broken(`${sent} was refused with ${answer.said}`);
      const { ShardIterator } = answer.output;
      if (!ShardIterator) return broken(`${sent} was answered without a ShardIterator`);
      const page = await read(context, stream, ShardId, ShardIterator, { expect });
      const lacking = absent(expect, page);
      context.count('iterators used');
      if (lacking.length > 0 && input.ShardIteratorType === 'TRIM_HORIZON') {
        throw new Unobservable(
          `${lacking.length} records of ${ShardId} cannot be read at all: that is KIN-RS-05's matter`,
        );
      }
      if (lacking.length > 0) {
        return broken(
          `a read from ${sent} lacks ${lacking.length} of ${expect.length} records, first ${lacking[0]!.sequenceNumber}`,
        );
      }
      const stray = input.ShardIteratorType === 'LATEST' ? page[0] : undefined;
      if (!stray) continue;
      const said = `a read from ${sent} gave ${stray.SequenceNumber}; nothing comes after what is there`;
      // "If the shard is closed, GetShardIterator returns a valid iterator for the last sequence number of the shard."
      return stray.SequenceNumber === records.at(-1)?.sequenceNumber ? loose(said) : broken(said);
    }
    return holds('iterators of all five types were given and read what they should');
  },
});
