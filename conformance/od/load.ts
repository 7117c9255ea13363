/** Writes at a steady rate, and what became of them. */
import { NS_PER_S } from '../../src/clock.ts';
import { HASH_KEY_COUNT, type HashRange } from '../../src/protocol/hash.ts';
import { isThrottle } from '../../src/protocol/errors.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';

export interface Load {
  /** Bytes of one record. */
  readonly recordBytes: number;
  /** Records of one call, and calls a second. */
  readonly records: number;
  readonly calls: number;
  readonly seconds: number;
  /** Where their hash keys lie, evenly; default everywhere. */
  readonly range?: HashRange;
}

export interface Loaded {
  readonly sent: number;
  readonly throttled: number;
  /** Sequence numbers of what was stored, by shard. */
  readonly stored: ReadonlyMap<string, readonly string[]>;
  /** From the first call to the last answer, in s. */
  readonly tookS: number;
}

/** How many points of the range are written to in turn. */
const POINTS = 64;
const everywhere: HashRange = { start: 0n, end: HASH_KEY_COUNT - 1n };

/** Writes on an absolute schedule; an entry that is neither stored nor throttled leaves nothing to judge by. */
export async function write({ clock, client }: Context, stream: Stream, load: Load): Promise<Loaded> {
  const { recordBytes, records, calls, seconds, range = everywhere } = load;
  const Data = Buffer.alloc(recordBytes, 'load ').toString('base64');
  const step = (range.end - range.start + 1n) / BigInt(POINTS);
  const startNs = clock.monotonicNs();
  const stored = new Map<string, string[]>();
  let throttled = 0;
  const sendings = Array.from({ length: calls * seconds }, async (_, call) => {
    await clock.sleepUntil(startNs + (call * NS_PER_S) / calls);
    const entries = Array.from({ length: records }, (_none, index) => {
      // An odd stride spreads the points of one call over the range.
      const point = ((call * records + index) * 37) % POINTS;
      return { Data, PartitionKey: 'load', ExplicitHashKey: String(range.start + step * BigInt(point)) };
    });
    const outcome = await client.call('PutRecords', { StreamName: stream.name, Records: entries });
    if (outcome.kind !== 'ok') {
      if (outcome.kind !== 'error' || !isThrottle(outcome.code)) {
        throw new Unobservable(
          `PutRecords was answered with ${outcome.kind === 'error' ? outcome.code : outcome.kind}`,
        );
      }
      throttled += records;
      return;
    }
    for (const { ShardId, SequenceNumber, ErrorCode } of outcome.output.Records) {
      if (ShardId && SequenceNumber) {
        const known = stored.get(ShardId);
        if (known) known.push(SequenceNumber);
        else stored.set(ShardId, [SequenceNumber]);
      } else if (isThrottle(ErrorCode ?? '')) throttled += 1;
      else throw new Unobservable(`an entry of PutRecords was answered with ${ErrorCode ?? 'nothing'}`);
    }
  });
  await Promise.all(sendings);
  const tookS = (clock.monotonicNs() - startNs) / NS_PER_S;
  return { sent: calls * seconds * records, throttled, stored, tookS };
}
