/** KIN-RET-01: a new stream keeps its records for a day. */
import { RETENTION_HOURS_DEFAULT } from '../../src/protocol/limits.ts';
import { broken, holds, statement } from '../statement.ts';

export const kinRet01 = statement({
  id: 'KIN-RET-01',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'A new stream has a retention period of 24 hours.',
  source: 'StreamDescription, RetentionPeriodHours; IncreaseStreamRetentionPeriod',
  fault: 'ret.default-168',
  needs: [],
  exercises: { 'descriptions read': 2 },
  check: async (context) => {
    const { name: StreamName } = await context.stream(1);
    const { StreamDescription: whole } = await context.send('DescribeStream', { StreamName });
    const { StreamDescriptionSummary: summary } = await context.send('DescribeStreamSummary', { StreamName });
    const told = { DescribeStream: whole.RetentionPeriodHours, DescribeStreamSummary: summary.RetentionPeriodHours };
    context.count('descriptions read', 2);
    const wrong = Object.entries(told).find(([, hours]) => hours !== RETENTION_HOURS_DEFAULT);
    return wrong
      ? broken(`${wrong[0]} of a new stream says RetentionPeriodHours ${wrong[1]}; AWS documents 24`)
      : holds('DescribeStream and DescribeStreamSummary say 24 hours');
  },
});
