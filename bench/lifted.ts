/** Limits that are counted and refuse nothing: what a call costs is what it costs with limits on. */
import { awsLimits, type Limits } from '../src/reference/limits.ts';

const calls = { perS: 1e9, capacity: 1e9 };
const bytes = { perS: 1e12, capacity: 1e12 };

const lifted = { records: calls, requests: calls, bytes };

/** Every figure of a shard and of a delivery stream's puts lifted; the control plane, which no bench loads, as AWS has it. */
export const liftedLimits: Limits = {
  ...awsLimits,
  writeRecords: calls,
  writeBytes: bytes,
  readCalls: calls,
  readBytes: bytes,
  iteratorCalls: calls,
  firehose: { ...awsLimits.firehose, large: lifted, other: lifted },
  readFullPenaltyMs: 0,
  readStarvedPenaltyMs: 0,
};
