/**
 * What PutRecord and PutRecordBatch share: whether records can be put now, and the way of one into the buffer. A record is
 * admitted by the budget before it is taken; a throttled one is in no buffer and takes nothing.
 */
import type { Arrival } from '../arrival.ts';
import { Refusal } from '../refusal.ts';
import { refuseUnusable } from './delivery-stream-encryption.ts';
import type { DeliveryStream } from './delivery-stream.ts';
import type { DeliveryService } from './service.ts';

/** What a throttled call or record is told (text observed). */
export const SLOW_DOWN = 'Slow down.';

/** A delivery stream that takes records now, and whether it encrypts them. */
export interface Puttable {
  readonly stream: DeliveryStream;
  readonly encrypted: boolean;
}

/** The delivery stream of a put, once the call is admitted (that one which is not ACTIVE is not found is assumed). */
export function findPuttable(service: DeliveryService, name: string, arrival: Arrival): Puttable | Refusal {
  const stream = service.find(name, arrival);
  if (stream instanceof Refusal) return stream;
  if (stream.status(arrival.nowNs) !== 'ACTIVE') {
    const subject = `Firehose ${name} under account ${arrival.caller.accountId}`;
    return new Refusal('ResourceNotFoundException', `${subject} not found.`);
  }
  if (stream.type !== 'DirectPut') {
    // Text observed.
    const message = `This operation is not permitted on ${stream.type} delivery stream type.`;
    return new Refusal('InvalidArgumentException', message);
  }
  const unusable = refuseUnusable(service, stream.keyId(arrival.nowNs), stream.faults);
  if (unusable) return unusable;
  if (stream.budget?.admitCall(arrival.nowNs) === false) return new Refusal('ServiceUnavailableException', SLOW_DOWN);
  return { stream, encrypted: stream.encryptionStatus(arrival.nowNs) === 'ENABLED' };
}

/** Takes a record and gives its id, or the reason why not. */
export function put(
  service: DeliveryService,
  stream: DeliveryStream,
  data: Uint8Array,
  arrival: Arrival,
): string | Refusal {
  if (!stream.delivery.admits(data.length)) {
    const { bytes, bytesMax } = service.options.memory;
    const message = `The memory cap of the reference is reached: its records, buffers and objects take ${bytes} of ${bytesMax} bytes (--max-memory). Nothing more is taken until some are trimmed or deleted.`;
    return new Refusal('InternalFailure', message);
  }
  if (stream.budget?.admitRecord(arrival.nowNs, data.length) === false)
    return new Refusal('ServiceUnavailableException', SLOW_DOWN);
  stream.delivery.accept(data, arrival);
  return stream.recordId();
}

/** The data of a record: the check of the shape turns blobs into bytes. */
export function bytesOf(data: unknown): Uint8Array {
  if (data instanceof Uint8Array) return data;
  throw new TypeError('the data of a record are not decoded');
}
