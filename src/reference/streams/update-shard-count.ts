import { initialRanges } from '../../protocol/hash.ts';
import { Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { Arrival } from '../arrival.ts';
import type { Stream } from '../stream.ts';
import type { Handler } from './operation.ts';
import { findReshardable, refuseShards } from './shard-ref.ts';

/** So far `reshard.unbounded` goes: shards take memory, and the process is to survive its faults. */
const UNBOUNDED_MAX = 100_000;

/** Begins to give a stream another number of shards, each with an equal share of the hash keys. */
export const updateShardCount: Handler<'UpdateShardCount'> = (service, input, arrival) => {
  const stream = findReshardable(service, input, arrival, 'UpdateShardCount');
  if (stream instanceof Refusal) return stream;
  const { TargetShardCount: target } = input;
  const current = stream.topology.open.length;
  const refused = refuseCount(service, stream, current, target, arrival);
  if (refused && !(target <= UNBOUNDED_MAX && stream.faults.fires('reshard.unbounded'))) return refused;
  // What changes nothing is no scaling (assumed).
  if (target !== current) stream.changes.note('UpdateShardCount', arrival.nowMs);
  const opens = target === current ? 0 : splitsFor(target, stream);
  service.plan(stream, stream.topology.open, arrival, (at) => stream.topology.scale(target, at), opens);
  return {
    atNs: service.answerAtNs(arrival),
    value: { StreamName: stream.name, StreamARN: stream.arn, CurrentShardCount: current, TargetShardCount: target },
  };
};

/** The first text was observed, the others are assumed. */
function refuseCount(
  service: Service,
  stream: Stream,
  current: number,
  target: number,
  arrival: Arrival,
): Refusal | undefined {
  const { updateShardCountMax, updateShardCountPerDay } = service.options.quotas;
  const counts = `Current open shard count: ${current} Target shard count: ${target}`;
  if (target > 2 * current) {
    return exceeded(`UpdateShardCount cannot scale up over double your current open shard count. ${counts}`);
  }
  if (2 * target < current) {
    return exceeded(`UpdateShardCount cannot scale down below half your current open shard count. ${counts}`);
  }
  if (target > updateShardCountMax) {
    return exceeded(`UpdateShardCount cannot scale over ${updateShardCountMax} shards. ${counts}`);
  }
  if (target === current) return undefined;
  if (stream.changes.inLastDay('UpdateShardCount', arrival.nowMs) >= updateShardCountPerDay) {
    return exceeded(
      `UpdateShardCount was called ${updateShardCountPerDay} times for stream ${stream.name} in the last 24 hours, which is the most there may be.`,
    );
  }
  return refuseShards(service, splitsFor(target, stream), arrival);
}

/**
 * How many more shards are open once every border of the new shares is made and nothing is merged yet: those that live for no
 * time count for the quota (source: UpdateShardCount in the service model).
 */
function splitsFor(target: number, { topology }: Stream): number {
  const { open } = topology;
  let splits = 0;
  let at = 0;
  // Both are in order: a set of so many big integers takes longer to fill than all else here.
  for (const { start } of initialRanges(target)) {
    while (at < open.length && open[at]!.range.start < start) at += 1;
    if (open[at]?.range.start !== start) splits += 1;
  }
  return splits;
}

function exceeded(message: string): Refusal {
  return new Refusal('LimitExceededException', message);
}
