/**
 * KIN-MC-02: the read limits of a shard are those of all its pollers. Three pollers are each within them and together beyond: by
 * calls (12 a second) and by bytes (4.5 MiB a second). An endpoint that gives every reader limits of its own throttles none.
 */
import { NS_PER_S, sleepFor } from '../../src/clock.ts';
import { awsShardLimits, GET_RECORDS_BYTES_MAX } from '../../src/protocol/limits.ts';
import { type Context, type Stream } from '../context.ts';
import { type Acknowledged, absent, firstShard, put, sweep } from '../records.ts';
import { type Finding, broken, holds, loose, statement, unobserved } from '../statement.ts';
import { poll } from './pollers.ts';

const POLLERS = 3;
/** How long calls come too fast, and bytes: an answer may hold 10 MiB, so a shard may give them at once before it refuses any. */
const CALLS_S = 4;
const BYTES_S = 8;
const RECORD_BYTES = 524_288;
const RECORDS = 3;
/** What one call is for. */
const ANSWER_BYTES = RECORD_BYTES * RECORDS;

export const kinMc02 = statement({
  id: 'KIN-MC-02',
  level: 'MUST',
  profile: 'extended',
  evidence: ['model'],
  sentence: 'All pollers of a shard together are served five GetRecords calls and 2 MiB a second.',
  source: 'GetRecords (limits per shard, shared by its consumers)',
  fault: 'mc.quota-per-client',
  needs: ['throttle'],
  uses: { streams: [1], shared: [], seconds: 25, payloadUnits: 95 },
  exercises: { 'calls beyond the limit': 20, 'bytes beyond the limit': 4_000_000 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const records: Acknowledged[] = [];
    for (let index = 0; index < RECORDS; index += 1) {
      const data = Buffer.alloc(RECORD_BYTES, `${index} `).toString('base64');
      records.push(await put(context, stream, { key: 'large', data }));
    }
    if (absent(records, await sweep(context, stream, firstShard(stream).ShardId, records)).length > 0) {
      return unobserved('records of half a MiB did not become readable');
    }
    // What the sweep has spent comes back.
    await sleepFor(context.clock, 3 * NS_PER_S);
    const byCalls = await judgeCalls(context, stream);
    if (byCalls.outcome === 'broken') return byCalls;
    await sleepFor(context.clock, 3 * NS_PER_S);
    const byBytes = await judgeBytes(context, stream, records[0]!);
    if (byBytes.outcome === 'broken') return byBytes;
    const said = `${byCalls.message}; ${byBytes.message}`;
    const outcomes = [byCalls.outcome, byBytes.outcome];
    // Who is too slow for more calls than are allowed may still give more bytes, so both are looked at.
    if (outcomes.includes('unobserved')) return unobserved(said);
    return outcomes.includes('loose') ? loose(said) : holds(said);
  },
});

/** Four calls a second of each, at the end of the shard: no bytes are read. */
async function judgeCalls(context: Context, stream: Stream): Promise<Finding> {
  const rate = 4;
  const polled = await poll(context, stream, { count: POLLERS, rate, seconds: CALLS_S, from: { type: 'LATEST' } });
  const { calls, served, throttled, tookS } = polled;
  const { readCallsPerS } = awsShardLimits;
  if (tookS < CALLS_S * 1.5) context.count('calls beyond the limit', calls - Math.ceil(readCallsPerS * (tookS + 1)));
  const said = `of ${calls} calls by ${POLLERS} pollers of ${rate} a second each, ${throttled} were throttled`;
  const most = readCallsPerS * (tookS + 1) + 2;
  if (served <= most) return throttled > 0 ? holds(said) : unobserved(`${said}, in ${tookS.toFixed(1)} s`);
  return throttled > 0 ? loose(said) : broken(`${said}; AWS documents ${readCallsPerS} calls a second for all of them`);
}

/** One call of 1.5 MiB a second of each. */
async function judgeBytes(context: Context, stream: Stream, first: Acknowledged): Promise<Finding> {
  const from = { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: first.sequenceNumber } as const;
  const polled = await poll(context, stream, { count: POLLERS, rate: 1, seconds: BYTES_S, from });
  const { calls, bytes, throttled, tookS } = polled;
  const { readBytesPerS } = awsShardLimits;
  const most = readBytesPerS * tookS + GET_RECORDS_BYTES_MAX;
  if (tookS < BYTES_S * 1.5) context.count('bytes beyond the limit', calls * ANSWER_BYTES - most);
  const mib = (bytes / 1_048_576).toFixed(1);
  const said = `of ${calls} calls for 1.5 MiB by ${POLLERS} pollers of one a second each, ${throttled} were throttled, ${mib} MiB came in ${tookS.toFixed(1)} s`;
  if (bytes <= most) return throttled > 0 ? holds(said) : unobserved(said);
  return throttled > 0 ? loose(said) : broken(`${said}; AWS documents 2 MiB a second for all of them`);
}
