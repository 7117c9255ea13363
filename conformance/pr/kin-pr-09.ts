/** KIN-PR-09: how much one PutRecords call may carry. Only that it is taken is judged: what of it a shard stores is a matter of its limits. */
import { NS_PER_S } from '../../src/clock.ts';
import { PUT_RECORDS_BYTES_MAX, PUT_RECORDS_MAX } from '../../src/protocol/limits.ts';
import type { Outcome } from '../../src/wire/outcome.ts';
import type { Received } from '../../src/wire/received.ts';
import { answerOf, isMissing, isRate } from '../attempt.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';

/** Bytes of data of each of 500 records: together with their keys a little less than a call may have. */
const DATA_BYTES = 20_900;
/** How long it may take to send 14 MB of JSON, in ns: kinesis-local takes half a minute for as much. */
const UPLOAD_NS = 60 * NS_PER_S;
const TRIES = 3;

export const kinPr09 = statement({
  id: 'KIN-PR-09',
  level: 'MUST',
  evidence: ['model'],
  sentence: 'A PutRecords call takes up to 500 records and 10 MiB in all, partition keys included.',
  source: 'PutRecords',
  fault: 'batch.former-cap',
  needs: [],
  uses: { streams: [1], shared: [], records: TRIES * PUT_RECORDS_MAX },
  exercises: { 'calls at the bounds': 1 },
  check: async (context) => {
    const { name: StreamName } = await context.stream(1, 'fresh');
    const Records = Array.from({ length: PUT_RECORDS_MAX }, (_, index) => {
      const data = Buffer.alloc(DATA_BYTES, '.');
      Buffer.from(context.data(), 'base64').copy(data);
      return { PartitionKey: `key-${index}`, Data: data.toString('base64') };
    });
    const bytes = Records.reduce((sum, { PartitionKey }) => sum + DATA_BYTES + PartitionKey.length, 0);
    const sent = `PutRecords of ${Records.length} records with ${bytes} bytes of data and keys`;
    let answer: Outcome<Received<'PutRecords'>>;
    let tries = 0;
    do {
      answer = await context.client.call('PutRecords', { StreamName, Records }, { timeoutNs: UPLOAD_NS });
      tries += 1;
      // Who refuses while the request is still coming, and hangs up, may not be heard: kinesalite is not, now and then.
    } while (answer.kind === 'connection' && tries < TRIES);
    const came = `${sent} was answered with ${answerOf(answer)}`;
    if (answer.kind !== 'ok') {
      if (answer.kind !== 'error' || answer.status > 499) return unobserved(came);
      if (isRate(answer.code) || isMissing(answer.code)) return unobserved(came);
      return broken(`${came}; AWS documents up to 500 records and ${PUT_RECORDS_BYTES_MAX} bytes`);
    }
    const entries: unknown = (Object(answer.output) as Partial<typeof answer.output>).Records;
    if (!Array.isArray(entries)) return unobserved(`${sent} was answered without Records`);
    context.count('calls at the bounds');
    return holds(`${sent} was taken, and answered with ${entries.length} entries`);
  },
});
