/** Limits that are counted and refuse nothing: what a call costs is what it costs with limits on. */
import { awsLimits, type Limits } from '../src/reference/limits.ts';

const calls = { perS: 1e9, capacity: 1e9 };
const bytes = { perS: 1e12, capacity: 1e12 };

/** Every figure of a shard lifted; the control plane, which no bench loads, as AWS has it. */
export const liftedLimits: Limits = {
  ...awsLimits,
  writeRecords: calls,
  writeBytes: bytes,
  readCalls: calls,
  readBytes: bytes,
  iteratorCalls: calls,
  readFullPenaltyMs: 0,
  readStarvedPenaltyMs: 0,
};
