/**
 * What PutRecord and PutRecords share: a record's size, its hash key, and its way into a shard. The order on arrival is
 * route, admit, store; a throttled record is refused before it is stored and takes nothing from any budget.
 */
import assert from 'node:assert/strict';
import { HASH_KEY_COUNT } from '../../protocol/hash.ts';
import { RECORD_BYTES_MAX } from '../../protocol/limits.ts';
import type { PutRecordOutput, PutRecordsRequestEntry } from '../../protocol/operations.ts';
import type { StreamFaults } from '../faults.ts';
import { Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { Arrival } from '../arrival.ts';
import type { NewRecord } from '../segment.ts';
import type { Stream } from '../stream.ts';
import { Violation } from '../validation.ts';

/** A record whose every argument is known to be valid. */
export interface CheckedRecord extends NewRecord {
  readonly explicitHashKey: bigint | undefined;
}

/**
 * Checks what the shape cannot: that there is a key (unless the service distributes the records), the size with it, and the
 * range of the hash key. `path` is the record's, for messages. The text for the missing key is assumed.
 */
export function checked(
  entry: PutRecordsRequestEntry,
  path: string,
  { settings, faults }: Stream,
): CheckedRecord | Refusal {
  const { recordBytesMax, distribution } = settings;
  const { Data: data, PartitionKey: partitionKey } = entry;
  assert(typeof data !== 'string', 'the check of the shape turns blobs into bytes');
  const keyless = typeof partitionKey !== 'string' && distribution !== 'AUTO';
  const bytes = data.length + Buffer.byteLength(partitionKey ?? '');
  const large = bytes > recordBytesMax && !(data.length <= recordBytesMax && faults.fires('lr.key-not-counted'));
  if (keyless || large) {
    const texts = [
      ...(keyless ? [`Value null at '${path}partitionKey' failed to satisfy constraint: Member must not be null`] : []),
      ...(large
        ? [
            `Value at '${path}data' failed to satisfy constraint: Member must have length less than or equal to ${recordBytesMax}`,
          ]
        : []),
    ];
    return new Violation(texts);
  }
  let explicitHashKey = typeof entry.ExplicitHashKey === 'string' ? BigInt(entry.ExplicitHashKey) : undefined;
  if (explicitHashKey !== undefined && explicitHashKey >= HASH_KEY_COUNT && faults.fires('hash.ehk-wraps')) {
    explicitHashKey %= HASH_KEY_COUNT;
  }
  if (explicitHashKey !== undefined && explicitHashKey >= HASH_KEY_COUNT) {
    return new Refusal(
      'InvalidArgumentException',
      `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${entry.ExplicitHashKey}`,
    );
  }
  const record = { data, partitionKey, bytes, encrypted: false, chained: false, explicitHashKey };
  return faults.some && alterations.some((name) => faults.has(name)) ? altered(record, faults) : record;
}

/** Stores a record in its shard, or gives the reason why not. */
export function put(
  service: Service,
  stream: Stream,
  record: CheckedRecord,
  arrival: Arrival,
  acknowledgedAtNs: number,
): PutRecordOutput | Refusal {
  const shard = stream.shardFor(record.partitionKey ?? '', record.explicitHashKey);
  // A call of 500 records trims each of its shards once; a fault is asked for every record.
  if (shard.trimmedFor !== arrival || shard.faults.some) stream.trim(shard, arrival.nowMs);
  shard.trimmedFor = arrival;
  if (!shard.log.admits(record.bytes)) return memoryFull(service, acknowledgedAtNs);
  if (!stream.budgetOf(shard).admitWrite(arrival.nowNs, record.bytes)) {
    if (shard.faults.fires('log.store-then-reject')) shard.append(record, arrival, acknowledgedAtNs);
    const message = service.rateExceeded(shard, stream);
    return new Refusal('ProvisionedThroughputExceededException', message, { atNs: acknowledgedAtNs });
  }
  shard.meter?.note(record.bytes);
  return { ShardId: shard.id, SequenceNumber: shard.append(record, arrival, acknowledgedAtNs) };
}

/** What a put answers of the encryption: nothing where there is none (observed of reads). */
export function encryptionShown(encrypted: boolean, faults: StreamFaults): { EncryptionType?: 'KMS' } {
  return encrypted && !faults.fires('enc.flag-missing') ? { EncryptionType: 'KMS' } : {};
}

/** Whether what is put now is encrypted; the refusal where its key cannot be used. */
export function encryptionOf({ options }: Service, stream: Stream, { nowNs }: Arrival): boolean | Refusal {
  const keyId = stream.settings.keyId(nowNs);
  return options.keys.refuse(keyId, stream.faults) ?? keyId !== undefined;
}

function memoryFull({ options }: Service, atNs: number): Refusal {
  const { bytes, bytesMax } = options.memory;
  const message = `The memory cap of the reference is reached: its records, buffers and objects take ${bytes} of ${bytesMax} bytes (--max-memory). Nothing more is stored until some are trimmed or deleted.`;
  return new Refusal('InternalFailure', message, { atNs });
}

const alterations = ['data.utf8-normalise', 'data.key-trimmed', 'lr.truncate-1mib'] as const;

/** The record as a faulty endpoint takes it in. */
function altered(record: CheckedRecord, faults: StreamFaults): CheckedRecord {
  if (record.partitionKey === undefined) return record;
  const long = record.data.length > RECORD_BYTES_MAX && faults.fires('lr.truncate-1mib');
  const sent = long ? record.data.subarray(0, RECORD_BYTES_MAX) : record.data;
  const { partitionKey } = record;
  const text = Buffer.from(Buffer.from(sent).toString('utf8').normalize('NFC'));
  const changed = faults.has('data.utf8-normalise') && !text.equals(sent) && faults.fires('data.utf8-normalise');
  const trimmed = partitionKey.trim();
  const lost = faults.has('data.key-trimmed') && trimmed !== partitionKey && faults.fires('data.key-trimmed');
  const data = changed ? text : sent;
  const key = lost ? trimmed : partitionKey;
  return { ...record, data, partitionKey: key, bytes: data.length + Buffer.byteLength(key) };
}
