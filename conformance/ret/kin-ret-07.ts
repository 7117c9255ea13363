/**
 * KIN-RET-07: which retentions there are, and which operation leads to them. The same value again is not asked for: AWS documents
 * that it is refused, and was seen to accept it.
 */
import { RETENTION_HOURS_DEFAULT, RETENTION_HOURS_MAX } from '../../src/protocol/limits.ts';
import { answerOf, isMissing, lackOf } from '../attempt.ts';
import { attemptAtRest } from '../patience.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { type RetentionChange, dayStream, retentionOf } from './retention.ts';

/** In this order, from a retention of 24 hours on; `to` is undefined where the call is to be refused. */
const steps: readonly { change: RetentionChange; hours: number; to?: number; names?: readonly string[] }[] = [
  { change: 'IncreaseStreamRetentionPeriod', hours: 48, to: 48 },
  { change: 'IncreaseStreamRetentionPeriod', hours: 36 },
  { change: 'DecreaseStreamRetentionPeriod', hours: 72 },
  { change: 'IncreaseStreamRetentionPeriod', hours: RETENTION_HOURS_MAX, to: RETENTION_HOURS_MAX },
  // A value that no stream may have is refused by its shape at one place and by its meaning at another.
  {
    change: 'IncreaseStreamRetentionPeriod',
    hours: RETENTION_HOURS_MAX + 1,
    names: ['InvalidArgumentException', 'ValidationException'],
  },
  { change: 'DecreaseStreamRetentionPeriod', hours: RETENTION_HOURS_DEFAULT, to: RETENTION_HOURS_DEFAULT },
  {
    change: 'DecreaseStreamRetentionPeriod',
    hours: RETENTION_HOURS_DEFAULT - 1,
    names: ['InvalidArgumentException', 'ValidationException'],
  },
];

export const kinRet07 = statement({
  id: 'KIN-RET-07',
  level: 'MUST',
  evidence: ['model', 'emulator'],
  sentence:
    'Retention is 24 to 8760 hours; an increase to less, or a decrease to more, than there is is refused with InvalidArgumentException.',
  source: 'IncreaseStreamRetentionPeriod, DecreaseStreamRetentionPeriod',
  fault: 'ret.bounds-off',
  needs: [],
  uses: { streams: [1], shared: [], extended: 1 },
  exercises: { 'changes accepted': 3, 'changes refused': 4 },
  check: async (context) => {
    const stream = await dayStream(context, 1);
    const { name: StreamName } = stream;
    const other: string[] = [];
    let hours = RETENTION_HOURS_DEFAULT;
    for (const { change, hours: asked, to, names = ['InvalidArgumentException'] } of steps) {
      // The change before it, or an attempt that ended in a server error, may still be under way.
      const outcome = await attemptAtRest(context, change, { StreamName, RetentionPeriodHours: asked });
      const said = `${change} to ${asked} h of a stream with ${hours} h was answered with ${answerOf(outcome)}`;
      if (outcome.kind === 'error' && isMissing(outcome.code)) return unobserved(lackOf(change, outcome));
      if (to === undefined) {
        if (outcome.kind === 'ok') return broken(`${said}; AWS refuses it`);
        if (outcome.status >= 500) return broken(`${said}; AWS answers 400 ${names.join(' or ')}`);
        if (!names.includes(outcome.code)) other.push(`${said}; AWS answers ${names.join(' or ')}`);
        context.count('changes refused');
      } else {
        if (outcome.kind !== 'ok') return broken(`${said}; AWS documents 24 to 8760 h`);
        hours = to;
        context.count('changes accepted');
      }
      const told = await retentionOf(context, stream, hours);
      if (told !== hours) return broken(`${said}; then DescribeStreamSummary says ${told} h, not ${hours}`);
    }
    return other.length === 0
      ? holds('24 and 8760 h can be set, 23 and 8761 h and wrong directions not')
      : loose(other.join('; '));
  },
});
