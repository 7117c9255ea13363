/** KIN-IT-10: what was never given as an iterator is refused, however it looks. */
import { firstShard, horizon, iteratorAt } from '../records.ts';
import { statement } from '../statement.ts';
import { refusesAll } from './refused-calls.ts';

const CHANGED = 16;

export const kinIt10 = statement({
  id: 'KIN-IT-10',
  level: 'SHOULD',
  evidence: ['emulator'],
  sentence:
    'GetRecords with what is no iterator is refused with InvalidArgumentException, and never ends in a server error.',
  source: 'GetRecords, ShardIterator',
  fault: 'iter.crash-on-garbage',
  needs: [],
  exercises: { 'iterators that are none': 6 + CHANGED },
  check: async (context) => {
    const stream = await context.stream(1);
    const iterator = await iteratorAt(context, stream, firstShard(stream).ShardId, horizon);
    const { length } = iterator;
    // Close together, since an endpoint may read a part of it only. Never at the ends: the first characters may say how to read the rest, the last ones may hold bits that mean nothing.
    const changed = Array.from({ length: CHANGED }, (_, part) => {
      const at = Math.floor(length * (0.2 + (0.6 * part) / (CHANGED - 1)));
      const other = iterator[at] === 'A' ? 'h' : 'A';
      return {
        what: `character ${at} of an iterator changed`,
        text: iterator.slice(0, at) + other + iterator.slice(at + 1),
      };
    });
    const garbage = [
      { what: 'the text "garbage"', text: 'garbage' },
      { what: 'text that is no base64', text: '%&/()=?`{[]}\\' },
      { what: 'half of an iterator', text: iterator.slice(0, Math.floor(length / 2)) },
      { what: 'an iterator twice over', text: (iterator + iterator).slice(0, 512) },
      { what: 'zeros as long as an iterator', text: Buffer.alloc(Math.floor((length * 3) / 4)).toString('base64') },
      { what: 'an iterator backwards', text: iterator.split('').toReversed().join('') },
      ...changed,
    ];
    const calls = garbage.map(({ what, text }) => ({ what, input: { ShardIterator: text } }));
    return refusesAll(context, 'GetRecords', calls, 'iterators that are none');
  },
});
