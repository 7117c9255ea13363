/** Destinations that are spoken to, in process: what the tests of all of them share. */
import { NS_PER_S } from '../../clock.ts';
import type { CreateDeliveryStreamInput } from '../../protocol/firehose/operations.ts';
import { virtualEndpoint, type VirtualEndpoint } from '../virtual-endpoint.ts';
import type { DestinationObject } from './destination.ts';
import type { IncomingAnswer, OutgoingRequest, Sender } from './sender.ts';

export const D = 'd';
export const RoleARN = 'arn:aws:iam::000000000000:role/firehose';
export const DestinationId = 'destinationId-000000000001';
export const hints = (SizeInMBs: number, IntervalInSeconds: number) => ({
  BufferingHints: { SizeInMBs, IntervalInSeconds },
});
/** A backup whose buffers last a minute. */
export const S3Configuration = { RoleARN, BucketARN: 'arn:aws:s3:::backup', ...hints(1, 60) };

/** An answer with a JSON body. */
export function json(status: number, body: unknown): IncomingAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) };
}

/** An endpoint with an active delivery stream whose destination is spoken to by a sender. */
export async function spokenTo(
  sender: Sender,
  destination: Partial<CreateDeliveryStreamInput>,
  options: Parameters<typeof virtualEndpoint>[0] = {},
): Promise<VirtualEndpoint> {
  const endpoint = virtualEndpoint({ ...options, sender });
  await endpoint.firehose.must('CreateDeliveryStream', { DeliveryStreamName: D, ...destination });
  await endpoint.clock.advance(NS_PER_S);
  return endpoint;
}

export async function put({ firehose }: VirtualEndpoint, text: string): Promise<void> {
  const Record = { Data: Buffer.from(text).toString('base64') };
  await firehose.must('PutRecord', { DeliveryStreamName: D, Record });
}

/** A record a minute for so long; what was put. */
export async function trickle(endpoint: VirtualEndpoint, minutes: number): Promise<string[]> {
  const sent = Array.from({ length: minutes }, (_, minute) => `record ${minute}`);
  for (const text of sent) {
    await put(endpoint, text);
    await endpoint.clock.advance(60 * NS_PER_S);
  }
  return sent;
}

/** The lines of a backup object of failed records. */
export function failedIn({ body }: DestinationObject): Record<string, unknown>[] {
  const lines = Buffer.from(body).toString().trimEnd().split('\n');
  return lines.map((line): Record<string, unknown> => JSON.parse(line));
}

/** The records that backup objects of failed records hold. */
export function rawIn(objects: readonly DestinationObject[]): string[] {
  return objects.flatMap(failedIn).map((line) => Buffer.from(String(line['rawData']), 'base64').toString());
}

/** A header of a request. */
export const header = ({ headers }: OutgoingRequest, name: string) => headers[name];
