/** KIN-ENC-01: encryption is switched on and off, and puts say which it is. */
import { broken, holds, statement } from '../statement.ts';
import { OWN_KEY, shownByPuts, start, stop } from './encryption.ts';

export const kinEnc01 = statement({
  id: 'KIN-ENC-01',
  level: 'MUST',
  profile: 'extended',
  evidence: ['model', 'recorded'],
  sentence:
    'After StartStreamEncryption the stream becomes ACTIVE with EncryptionType KMS, and within 5 s puts are answered with it; after StopStreamEncryption no longer.',
  source: 'StartStreamEncryption, StopStreamEncryption; PutRecord, EncryptionType',
  fault: 'enc.flag-missing',
  needs: [],
  uses: { streams: [1], shared: [] },
  exercises: { 'changes of encryption': 2, 'records put': 3 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const before = await shownByPuts(context, stream, 'NONE');
    if (before !== 'NONE') return broken(`PutRecord on a new stream was answered with EncryptionType ${before}`);
    const on = await start(context, stream, OWN_KEY);
    context.count('changes of encryption');
    if (on.EncryptionType !== 'KMS')
      return broken(
        `after StartStreamEncryption, DescribeStreamSummary says ACTIVE with EncryptionType ${on.EncryptionType}`,
      );
    const encrypted = await shownByPuts(context, stream, 'KMS');
    if (encrypted !== 'KMS')
      return broken(`5 s after encryption was on, PutRecord was answered with EncryptionType ${encrypted}`);
    const off = await stop(context, stream, OWN_KEY);
    context.count('changes of encryption');
    if ((off.EncryptionType ?? 'NONE') !== 'NONE')
      return broken(
        `after StopStreamEncryption, DescribeStreamSummary says ACTIVE with EncryptionType ${off.EncryptionType}`,
      );
    const plain = await shownByPuts(context, stream, 'NONE');
    if (plain !== 'NONE')
      return broken(`5 s after encryption was off, PutRecord was answered with EncryptionType ${plain}`);
    return holds('the stream and its puts said KMS while it was on, and not before or after');
  },
});
