/**
 * The faults by name and what the endpoint then does wrong, in three tables: by how much of the place is known where they
 * strike. What is not known there cannot narrow them, so the table of a fault decides which selectors it takes, and
 * the type of `Faults` which code may ask for it.
 */

/** Faults of requests as such, and of what a request holds before its stream is known. */
const endpointFaults = {
  'api.cbor-string-blob': 'In CBOR answers the data of records are base64 texts and not byte strings.',
  'api.unknown-op-200': 'An unknown operation is answered with 200.',
  'iter.crash-on-garbage': 'An iterator that was not issued here ends in an InternalFailure.',
  'iter.never-expires': 'An iterator older than five minutes is accepted.',
  'list.token-immortal': 'A NextToken older than five minutes is accepted.',
  'sec.anonymous-ok': 'A request without any authentication is accepted.',
  'sec.any-key': 'Where signatures are verified, a key that is not known is accepted.',
  'sec.both-ok': 'A request signed in the header and in the query is taken by its header.',
  'sec.crash-on-deep': 'A body of thousands of opening brackets ends in an InternalFailure.',
  'sec.iter-forge': 'An iterator of another account is accepted.',
  'sec.leak-canonical': 'The refusal of a wrong signature holds the canonical request.',
  'sec.lenient-header': 'An authentication with parts missing is accepted.',
  'sec.no-skew-check': 'Where signatures are verified, their date may be any.',
  'sec.payload-unsigned':
    'Where signatures are verified, the header x-amz-content-sha256 is believed, whatever the body is.',
  'sec.scope-ignored':
    'Where signatures are verified, one made for another date, region or service than its scope or the request says is accepted.',
  'sec.shape-only': 'Where signatures are verified, one made with the wrong secret is accepted.',
  'sec.token-immortal': 'Where signatures are verified, an expired session token is accepted.',
} as const;

/** Faults of one stream or delivery stream: the one that is at work, or the one that the request names. */
const streamFaults = {
  'api.arn-ignored': 'A stream that is named by its ARN alone is not found.',
  'api.coerce-types': 'A number where a text belongs, or digits where a number belongs, is converted.',
  'api.dryrun-writes': 'A put with DryRun stores its records.',
  'api.first-error-only': 'Of several violated constraints only the first is named and counted.',
  'api.max-off-by-one': 'A length or value that exceeds its maximum by one is accepted.',
  'api.missing-stream-autocreate': 'A put to a stream that does not exist is refused, and creates it.',
  'api.type-missing': 'The body of an error does not name its type.',
  'batch.both-fields': 'A failed record of a PutRecords call has a shard and a sequence number beside its error.',
  'batch.code-other': 'A throttled record of a PutRecords call has the error code LimitExceededException.',
  'batch.count-wrong': 'FailedRecordCount is one too small where records failed.',
  'batch.failed-but-stored': 'A throttled record of a PutRecords call is stored all the same.',
  'batch.former-cap': 'PutRecords takes no more than 5 MiB in all, as before October 2025.',
  'batch.partial-on-invalid':
    'Of a PutRecords call refused for its size the records are stored that were within the limit.',
  'batch.reorder-results': 'The results of PutRecords come grouped by shard, not in the order of the records.',
  'batch.skip-invalid': 'An invalid record of a PutRecords call fails alone, and the others are stored.',
  'batch.stop-at-first': 'After the first failed record of a PutRecords call all later ones fail as well.',
  'ch.backfills': 'A channel delivers what was in its stream before it was ACTIVE.',
  'ch.invalid-delivered': 'A channel delivers what is not of its record format as it is.',
  'data.key-trimmed': 'Blanks around a partition key are lost.',
  'data.utf8-normalise': 'Data pass through a UTF-8 text; bytes that are none, or are not in composed form, change.',
  'efo.dup-name': 'A consumer can be registered under a name that is taken; the one there is answers.',
  'efo.no-limit': 'The number of consumers of a stream is not limited.',
  'enc.flag-missing': 'Puts to an encrypted stream do not say so.',
  'enc.key-state-ignored': 'A key that is disabled or missing can be used.',
  'fh.adds-newline': 'A delivery stream without a delimiter puts a line feed behind every record.',
  'fh.batch-501': 'PutRecordBatch takes 501 records.',
  'fh.conv-gzip': 'A delivery stream that converts to Parquet may ask for a compression of its objects.',
  'fh.copy-skipped': 'An object for Redshift is written, and no COPY loads it.',
  'fh.count-wrong': 'FailedPutCount is one too small where records failed.',
  'fh.drop-on-503': 'What the destination did not take at once is lost.',
  'fh.dropped-delivered': 'A record that a Lambda function has dropped is delivered as it was.',
  'fh.gzip-truncated': 'A gzip that is delivered lacks its last eight bytes.',
  'fh.hint-single-ok': 'Buffering hints may give the size or the interval alone.',
  'fh.interval-ignored': 'A buffer is not flushed by its age.',
  'fh.local-time': 'The prefix of objects has the time of Los Angeles.',
  'fh.lose-on-rotate': 'Of a buffer with several records the last one is lost when it is closed.',
  'fh.no-retry': 'An invocation of a Lambda function that failed is not tried again.',
  'fh.partition-mixed': 'A record goes to the partition of the record before it, where that is another one.',
  'fh.recordid-unchecked':
    'A record whose id a Lambda function does not return is taken for what stands in its place of the answer.',
  'fh.schema-null': 'In a Parquet file the last column that has values is null.',
  'fh.size-ignored': 'A buffer is not flushed by its size.',
  'fh.version-unchecked': 'UpdateDestination takes any version.',
  'hash.ehk-ignored': 'An ExplicitHashKey is ignored; the partition key decides.',
  'hash.ehk-wraps': 'An ExplicitHashKey of 2^128 or more is taken modulo 2^128.',
  'hash.end-exclusive': 'A hash key equal to the end of a range is routed to the next shard.',
  'hash.little-endian': 'The MD5 of a partition key is read with its bytes reversed.',
  'hash.low-bits': 'Of the MD5 of a partition key only the low 120 bits are used.',
  'hash.salted-per-conn': 'The hash of partition keys is salted, anew after every 50 records.',
  'imm.append-after-close': 'Every 16th record for the children of a closed shard is put into the parent.',
  'life.create-resets': 'CreateStream for a stream that exists is refused, and empties it.',
  'life.default-shards-1': 'A stream that is created without a number of shards gets one.',
  'life.delete-keeps-log': 'A stream that is created under the name of a deleted one has its records.',
  'life.delete-ignores-channels': 'A stream is deleted though it has channels.',
  'life.delete-ignores-consumers':
    'A stream is deleted though consumers are registered with it and the request does not say to delete them.',
  'life.skip-creating-status': 'A new stream is ACTIVE at once.',
  'life.stale-summary': 'The open shards of DescribeStreamSummary count those that were closed.',
  'list.page-drop-boundary': 'The token of a page of shards or streams leaves out the next one.',
  'lr.key-not-counted': 'The size of a record is limited without its partition key.',
  'lr.range': 'A record size outside of 1024 to 10240 KiB is accepted.',
  'lr.truncate-1mib': 'Of data longer than 1 MiB the rest is cut off.',
  'od.mode-lost': 'A stream that is created ON_DEMAND is PROVISIONED.',
  'od.single-shard': 'A new on-demand stream has one shard.',
  'od.warm-any': 'A provisioned stream can have a warm throughput, without any commitment.',
  'ord.seq-repeats-after-chain': 'A put with SequenceNumberForOrdering is answered with that number.',
  'part.auto-accepted': 'A provisioned stream can have its records distributed by the service.',
  'part.length-in-bytes': 'The length of a partition key is limited in bytes, not in characters.',
  'pol.default-null': 'Where there is no policy, the answer is the text null.',
  'pol.not-enforced': 'Every account may use the streams of every other.',
  'reshard.child-opens-early':
    'Children take records as soon as the change is asked for; of two such records one still goes to the parent.',
  'reshard.child-overlap': 'The two children of a split share a hash key.',
  'reshard.merge-any': 'Shards can be merged that are not neighbours.',
  'reshard.no-lock': 'Shards can be changed while another change is under way.',
  'reshard.od-allowed': 'The shards of an on-demand stream can be changed.',
  'reshard.route-to-parent': 'The first 100 records for the children of closed shards are put into the parent.',
  'reshard.unbounded': 'UpdateShardCount goes to any number up to 100,000, and as often as one likes.',
  'ret.bounds-off': 'A retention below 24 or above 8760 hours is accepted.',
  'ret.decrease-noop': 'A shorter retention is shown and does nothing.',
  'ret.default-168': 'New streams keep records for 168 hours.',
  'seq.sfo-unchecked': 'Any SequenceNumberForOrdering is accepted.',
  'shard.range-gap': 'In a new stream of several shards each range but the last ends one hash key too early.',
  'tag.append-only': 'Tags are not taken away.',
  'tag.two-stores': 'Tags that are set by ARN are not kept.',
  'thr.control-off': 'Calls of the control plane are not limited.',
} as const;

/** Faults of one shard of one stream. */
const shardFaults = {
  'ch.no-children': 'When a shard is closed, a channel does not go on with its children.',
  'ch.takes-quota': 'What a channel reads is taken from the read limits that pollers of the shard share.',
  'efo.bad-crc': 'The last CRC of an event with several records leaves out the prelude.',
  'efo.continuation-ahead': 'After records, ContinuationSequenceNumber is that of the record to come.',
  'efo.drop-on-burst': 'Of more than 100 records that wait to be pushed only the first 100 are, the others never.',
  'efo.immortal': 'A subscription does not end after five minutes.',
  'efo.no-heartbeat': 'A subscription without records is silent.',
  'efo.shared-quota': 'What is pushed to consumers is taken from the read limits that pollers of the shard share.',
  'efo.silent-end': 'At the end of a closed shard a subscription ends without naming the children.',
  'efo.two-live':
    'A second subscription of a consumer to a shard is accepted at any time and leaves the first one alive.',
  'enc.old-unreadable': 'A change of encryption takes away the records from before it.',
  'imm.ack-before-fsync':
    'A restart loses what was acknowledged in the last second before it, and gives its sequence numbers again.',
  'imm.bit-rot':
    'In every 16th record one bit of the data has changed when it is read a second or more after its arrival.',
  'imm.compaction-reorders': 'Of 16 records the first two have changed places a second or more after their arrival.',
  'imm.reencrypt-corrupts': 'In every 16th record from before a change of encryption one bit of the data has changed.',
  'imm.timestamp-now': 'A read shows its own time as the arrival time of records.',
  'imm.upsert-by-key':
    'A put equal in key and data to one of the last 100 records is not stored again; it gets the old number.',
  'iter.after-is-at': 'AFTER_SEQUENCE_NUMBER starts at the record.',
  'iter.at-is-after': 'AT_SEQUENCE_NUMBER starts after the record.',
  'iter.consumes-on-read': 'An iterator used again goes on where its first use ended.',
  'iter.foreign-seq': 'A sequence number of another shard is taken for the start of the shard.',
  'iter.future-ok': 'AT_TIMESTAMP takes a time in the future.',
  'iter.horizon-skips-first': 'TRIM_HORIZON starts at the second record.',
  'iter.latest-includes-last': 'LATEST starts at the last record stored before.',
  'iter.lenient-combo': 'An iterator type may come with arguments that it does not take, and without those it needs.',
  'iter.null-when-empty': 'An answer without records has no NextShardIterator.',
  'iter.too-long': 'Iterators of streams with names of 100 characters or more have 513 characters.',
  'iter.ts-seconds-floor': 'AT_TIMESTAMP compares its time with arrival times that are cut off to seconds.',
  'iter.ts-strict': 'AT_TIMESTAMP starts after a record that arrived exactly then.',
  'list.filter-includes-closed': 'AT_LATEST lists closed shards too.',
  'log.ack-then-drop': 'Every 16th record of a shard is acknowledged and not stored.',
  'log.double-append': 'Every 16th record of a shard is stored twice.',
  'log.store-then-reject': 'A record refused for too much throughput is stored all the same.',
  'lr.no-bucket': 'Where records may be larger than 1 MiB, writes are limited by records only.',
  'mc.checkpoint-ahead':
    'AFTER_SEQUENCE_NUMBER starts after the last record that any reader of the shard was given, if that is further on.',
  'mc.head-of-line':
    'A subscription gets no records while another reader of its shard has not taken an event for 100 ms.',
  'mc.quota-per-client': 'Every reader with an iterator of its own has the read limits of a shard for itself.',
  'mc.shared-cursor':
    'The next iterator of a reader continues where another one stands that read the shard in the last 200 ms.',
  'od.never-scales': 'An on-demand stream does not grow, whatever is written into it.',
  'od.switch-truncates': 'A switch of the mode takes away the records from before it.',
  'ord.async-commit':
    'Every 16th record of a shard is acknowledged before it is stored; the next with another key is stored before it.',
  'ord.batch-shuffle':
    'Every 16th record of a shard that names no predecessor changes places with the next that names none.',
  'ord.commit-by-size': 'Neighbours that arrived within 10 ms of one another are read in the order of their size.',
  'ord.swap-adjacent': 'The first two neighbours of an answer that arrived within 10 ms of one another are swapped.',
  'poll.behind-always-0': 'MillisBehindLatest is 0 whatever is left to read.',
  'poll.int-gap': 'An answer of three records or more lacks the middle one.',
  'poll.limit-plus-one': 'Where more records are to be had, an answer holds one more than Limit.',
  'poll.no-size-cap': 'An answer may exceed 10 MiB.',
  'poll.repeat-last': 'After an answer of two records or more, the next iterator repeats the last one.',
  'poll.skip-on-limit': 'After an answer that Limit cut off, the next iterator skips one record.',
  'read.replica-diverges': 'Every second read of a shard shows other data in every 16th record.',
  'replay.from-block-start': 'An iterator at a sequence number starts at the beginning of its block of 16 records.',
  'replay.sampled': 'Of records that were read before, every 16th is left out.',
  'reshard.adjacent-missing': 'The child of a merge names one parent only.',
  'reshard.bound-inclusive': 'A shard can be split right after its first hash key, and at its last.',
  'reshard.closed-404': 'A closed shard cannot be read by a new iterator or subscription.',
  'reshard.drops-parent': 'When a shard is closed, its records are trimmed.',
  'reshard.inflight-lost': 'Records that arrive in the last tenth of a second before their shard is closed are lost.',
  'reshard.no-children': 'The end of a closed shard names no children.',
  'reshard.rewrites-parent': 'In every 16th record of a closed shard one byte of the data has changed.',
  'ret.delete-on-read': 'Records that were read from the oldest on are trimmed by the read.',
  'ret.horizon-stuck': 'Once records of a shard were trimmed, no later ones are.',
  'ret.never-trims': 'Records stay readable after their retention.',
  'ret.soft-delete-resurrects': 'A longer retention brings back records that had been trimmed.',
  'ret.trim-early': 'Records are trimmed one hour before their retention ends.',
  'ret.trimmed-seq-error': 'A sequence number that was trimmed is refused.',
  'ret.zombie-shard': 'A closed shard is listed after its last record has expired.',
  'seq.clock-backwards': 'A record that comes a second or more after the last one gets a smaller sequence number.',
  'seq.collide-in-shard': 'Every 16th record of a shard gets the sequence number of the one before it.',
  'seq.end-too-small': 'The EndingSequenceNumber of a closed shard is that of its first record.',
  'seq.hex': 'Sequence numbers are written in hexadecimal.',
  'seq.renumber-on-read': 'A read rebuilds the sequence numbers and counts from 0 where the put counted from 1.',
  'thr.bytes-ignored': 'Writes are limited by records only, not by bytes.',
  'thr.error-with-data': 'A GetRecords call refused for too much throughput carries records in its error.',
  'thr.off': 'Writes are not limited.',
  'thr.per-stream': 'All shards of a stream share the write limits of one.',
  'thr.read-bytes-off': 'The bytes that GetRecords answers are not limited.',
  'thr.read-tps-off': 'GetRecords calls are not limited.',
  'thr.sticky': 'A shard that refused a write refuses all for ten seconds.',
  'thr.too-strict': 'A write needs and takes twice its share of the limits.',
} as const;

/** All faults by name, and what the endpoint then does wrong. */
export const faultDescriptions = { ...endpointFaults, ...streamFaults, ...shardFaults } as const;

/** The name of a fault. */
export type FaultName = keyof typeof faultDescriptions;

/** A fault that may be asked for where no stream is known. */
export type EndpointFault = keyof typeof endpointFaults;

/** A fault that may be asked for where the stream is known. */
export type StreamFault = EndpointFault | keyof typeof streamFaults;

/** The narrowest place that a fault knows when it strikes: the endpoint alone, the stream, or the shard. */
export type PlaceKnown = 'endpoint' | 'stream' | 'shard';

/** What each fault knows of the place where it strikes. */
export const faultPlaces: Readonly<Record<FaultName, PlaceKnown>> = {
  ...placed(endpointFaults, 'endpoint'),
  ...placed(streamFaults, 'stream'),
  ...placed(shardFaults, 'shard'),
};

function placed<N extends string>(faults: Readonly<Record<N, string>>, place: PlaceKnown): Record<N, PlaceKnown>;
function placed(faults: Readonly<Record<string, string>>, place: PlaceKnown): Record<string, PlaceKnown> {
  return Object.fromEntries(Object.keys(faults).map((name) => [name, place]));
}
