/** KIN-LR-02: the largest record of a stream may be set, within bounds. */
import { RECORD_KIB_SETTABLE_MAX, RECORD_KIB_SETTABLE_MIN } from '../../src/protocol/limits.ts';
import { answerOf } from '../attempt.ts';
import { arnOf, attemptAtRest, changed } from '../patience.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';

const INVALID = ['ValidationException', 'InvalidArgumentException'];

export const kinLr02 = statement({
  id: 'KIN-LR-02',
  level: 'MUST',
  profile: 'aws-2026',
  evidence: ['model'],
  sentence:
    'UpdateMaxRecordSize takes 1024 to 10240 KiB, which DescribeStreamSummary then shows, and refuses anything else with ValidationException.',
  source: 'UpdateMaxRecordSize, MaxRecordSizeInKiB',
  fault: 'lr.range',
  needs: [],
  uses: { streams: [1], shared: [] },
  exercises: { 'sizes set': 2, 'sizes refused': 4 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const StreamARN = await arnOf(context, stream);
    const set = (MaxRecordSizeInKiB: number) =>
      attemptAtRest(context, 'UpdateMaxRecordSize', { StreamARN, MaxRecordSizeInKiB });
    // The good ones first: who refuses everything knows no bounds.
    for (const kib of [RECORD_KIB_SETTABLE_MAX, RECORD_KIB_SETTABLE_MIN]) {
      const outcome = await set(kib);
      if (outcome.kind !== 'ok') {
        const came = `UpdateMaxRecordSize to ${kib} KiB was answered with ${answerOf(outcome)}`;
        return INVALID.includes(outcome.code) ? broken(`${came}; AWS documents it as valid`) : unobserved(came);
      }
      const { MaxRecordSizeInKiB: shown } = await changed(
        context,
        stream,
        (summary) => summary.MaxRecordSizeInKiB === kib,
      );
      if (shown !== kib)
        return broken(`after UpdateMaxRecordSize to ${kib} KiB, DescribeStreamSummary says ACTIVE with ${shown}`);
      context.count('sizes set');
    }
    let odd = '';
    for (const kib of [RECORD_KIB_SETTABLE_MIN - 1, RECORD_KIB_SETTABLE_MAX + 1, 0, -1]) {
      const outcome = await set(kib);
      if (outcome.kind === 'ok') return broken(`UpdateMaxRecordSize to ${kib} KiB was accepted`);
      context.count('sizes refused');
      if (outcome.code !== 'ValidationException')
        odd ||= `UpdateMaxRecordSize to ${kib} KiB was refused with ${answerOf(outcome)}; AWS documents ValidationException`;
    }
    return odd ? loose(odd) : holds('1024 and 10240 KiB were set and shown, sizes beyond them refused');
  },
});
