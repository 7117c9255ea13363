/** KIN-LR-01: a record has a mebibyte, its key included. */
import { RECORD_BYTES_MAX } from '../../src/protocol/limits.ts';
import { isThrottle } from '../../src/protocol/errors.ts';
import { attempt, answerOf } from '../attempt.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';

/** Refusals that have nothing to do with a size. */
const OF_ELSE = /^(AccessDenied|ResourceNotFound|ResourceInUse|KMS)/;
const short = 'k';
const long = 'k'.repeat(256);

export const kinLr01 = statement({
  id: 'KIN-LR-01',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'Unless a stream was given another limit, a record has 1 MiB of data and partition key together: that much is accepted, a byte more is refused.',
  source: 'PutRecord; CreateStream, MaxRecordSizeInKiB',
  fault: 'lr.key-not-counted',
  needs: [],
  uses: { payloadUnits: 130 },
  exercises: { 'records at the limit': 2, 'records beyond it': 2 },
  check: async (context) => {
    const { name: StreamName } = await context.stream(1);
    const put = (PartitionKey: string, bytes: number) =>
      attempt(context, 'PutRecord', { StreamName, PartitionKey, Data: Buffer.alloc(bytes).toString('base64') });
    let odd = '';
    for (const key of [long, short]) {
      const over = RECORD_BYTES_MAX - key.length + 1;
      const refused = await put(key, over);
      const what = (bytes: number) => `PutRecord of ${bytes} bytes of data and a key of ${key.length}`;
      if (refused.kind === 'ok')
        return broken(`${what(over)}, together 1 MiB and 1 byte, was accepted on a stream without a limit of its own`);
      if (isThrottle(refused.code) || OF_ELSE.test(refused.code))
        return unobserved(`${what(over)} was answered with ${answerOf(refused)}`);
      context.count('records beyond it');
      if (!['ValidationException', 'InvalidArgumentException'].includes(refused.code))
        odd ||= `${what(over)} was refused with ${answerOf(refused)}, which does not say why`;
      const accepted = await put(key, over - 1);
      if (accepted.kind !== 'ok') {
        const came = `${what(over - 1)}, together 1 MiB, was answered with ${answerOf(accepted)}`;
        return isThrottle(accepted.code) || OF_ELSE.test(accepted.code) ? unobserved(came) : broken(came);
      }
      context.count('records at the limit');
    }
    return odd ? loose(odd) : holds('1 MiB of data and key was accepted, a byte more was refused');
  },
});
