/** Changes of a stream's encryption, and how long a put may go on as before: records follow within 5 s (AWS). */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import type { StreamDescriptionSummary } from '../../src/protocol/operations.ts';
import type { Context, Stream } from '../context.ts';
import { changed } from '../patience.ts';
import { type Acknowledged, put } from '../records.ts';

/** The key that every account of AWS has. */
export const OWN_KEY = 'alias/aws/kinesis';

const SLACK_NS = 5 * NS_PER_S;

/** Encrypts with a key and waits until the stream is ACTIVE and says so. */
export async function start(context: Context, stream: Stream, KeyId: string): Promise<StreamDescriptionSummary> {
  await context.send('StartStreamEncryption', { StreamName: stream.name, EncryptionType: 'KMS', KeyId });
  return changed(context, stream, (summary) => summary.EncryptionType === 'KMS');
}

/** Stops encryption and waits until the stream is ACTIVE and says so. */
export async function stop(context: Context, stream: Stream, KeyId: string): Promise<StreamDescriptionSummary> {
  await context.send('StopStreamEncryption', { StreamName: stream.name, EncryptionType: 'KMS', KeyId });
  return changed(context, stream, ({ EncryptionType = 'NONE' }) => EncryptionType === 'NONE');
}

/** Puts records until the answer of one says what is due, or the slack is over; gives what the last one said. */
export async function shownByPuts(context: Context, { name: StreamName }: Stream, due: string): Promise<string> {
  const { clock } = context;
  const untilNs = clock.monotonicNs() + SLACK_NS;
  for (;;) {
    const input = { StreamName, PartitionKey: 'k', Data: context.data() };
    const { EncryptionType: shown = 'NONE' } = await context.send('PutRecord', input);
    context.count('records put');
    if (shown === due || clock.monotonicNs() >= untilNs) return shown;
    await sleepFor(clock, NS_PER_S / 2);
  }
}

/** Puts some records one after the other. */
export async function some(context: Context, stream: Stream, count: number): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  for (let index = 0; index < count; index += 1) {
    acknowledged.push(await put(context, stream, { key: `key-${index}` }));
  }
  return acknowledged;
}
