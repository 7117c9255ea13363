/** KIN-SEQ-06: a chain hangs on a number that was given, or on none. */
import { attempt } from '../attempt.ts';
import type { Context } from '../context.ts';
import { findingOf } from '../history/history.ts';
import { type Acknowledged, put } from '../records.ts';
import { loose, statement } from '../statement.ts';

export const kinSeq06 = statement({
  id: 'KIN-SEQ-06',
  level: 'SHOULD',
  evidence: ['emulator'],
  sentence:
    'A SequenceNumberForOrdering that is malformed, or of a time to come, is refused with InvalidArgumentException.',
  source: 'PutRecord, SequenceNumberForOrdering',
  fault: 'seq.sfo-unchecked',
  needs: [],
  exercises: { 'bad numbers sent': 3, 'numbers of a time to come': 1 },
  check: async (context) => {
    const stream = await context.stream(1);
    const given = await put(context, stream, { key: 'chain' });
    const bad: string[] = [];
    const odd: string[] = [];
    for (const [what, number] of corpus(context, given)) {
      const outcome = await attempt(context, 'PutRecord', {
        StreamName: stream.name,
        PartitionKey: 'chain',
        Data: context.data(),
        SequenceNumberForOrdering: number,
      });
      const said = `PutRecord with SequenceNumberForOrdering ${number} (${what})`;
      context.count('bad numbers sent');
      if (outcome.kind === 'ok')
        bad.push(`${said} was stored as ${outcome.output.SequenceNumber}; AWS was seen to refuse it`);
      else if (outcome.status < 400 || outcome.status > 499) bad.push(`${said} was answered with ${outcome.code}`);
      else if (!accepted.has(outcome.code))
        odd.push(`${said} was refused with ${outcome.code}; AWS answers InvalidArgumentException`);
    }
    if (bad.length === 0 && odd[0] !== undefined) return loose(odd[0]);
    return findingOf(bad, 'malformed numbers, and one of a time to come, were refused by name');
  },
});

/** What does not even fit the pattern is the validation's matter. */
const accepted = new Set(['InvalidArgumentException', 'ValidationException']);

/** The digits of a number as AWS lays them out today: 47 in hexadecimal, of which nine tell the second and the last the version. */
const HEX_DIGITS = 47;
const SECOND_AT = 29;
const SECOND_END = 38;

function corpus(context: Context, { sequenceNumber }: Acknowledged): (readonly [what: string, number: string])[] {
  const bad: [string, string][] = [
    ['no number', 'one'],
    ['as many digits as the pattern allows, none of which was ever given', '9'.repeat(129)],
  ];
  const hex = /^[1-9]\d*$/.test(sequenceNumber) ? BigInt(sequenceNumber).toString(16) : '';
  // Where numbers are laid out in another way, there is no telling which of them are of a time to come.
  if (hex.length !== HEX_DIGITS) return bad;
  const inAnHour = Math.floor(context.clock.now() / 1000) + 3600;
  const later = `${hex.slice(0, SECOND_AT)}${inAnHour.toString(16).padStart(SECOND_END - SECOND_AT, '0')}${hex.slice(SECOND_END)}`;
  context.count('numbers of a time to come');
  bad.push(['the same with a version that there is not', String(BigInt(`0x${hex.slice(0, -1)}4`))]);
  bad.push(['the same an hour from now', String(BigInt(`0x${later}`))]);
  return bad;
}
