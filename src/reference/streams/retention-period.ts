import { RETENTION_HOURS_DEFAULT } from '../../protocol/limits.ts';
import type { RetentionPeriodInput } from '../../protocol/operations.ts';
import { Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { Arrival } from '../arrival.ts';
import type { Handler } from './operation.ts';

/** Lengthens the retention of what is there and what will come; what was trimmed stays gone. */
export const increaseStreamRetentionPeriod: Handler<'IncreaseStreamRetentionPeriod'> = (service, input, arrival) =>
  change(service, input, arrival, 'Increase');

/** Shortens the retention: what is older is unreadable at once. */
export const decreaseStreamRetentionPeriod: Handler<'DecreaseStreamRetentionPeriod'> = (service, input, arrival) =>
  change(service, input, arrival, 'Decrease');

/** The same value again is accepted (observed), and so were the texts. Too long a retention is not of the right shape. */
function change(service: Service, input: RetentionPeriodInput, arrival: Arrival, direction: 'Increase' | 'Decrease') {
  const stream = service.findChangeable(input, arrival);
  if (stream instanceof Refusal) return stream;
  const { faults } = stream;
  const { RetentionPeriodHours: hours } = input;
  const refused = refuseHours(hours, stream.name, stream.retentionHours, direction);
  if (refused && !(refused.bounds && faults.fires('ret.bounds-off'))) return refused.refusal;
  for (const shard of stream.topology.shards) stream.trim(shard, arrival.nowMs);
  stream.retain(hours, arrival.nowMs);
  service.beginUpdate(stream, arrival);
  return { atNs: service.answerAtNs(arrival), value: undefined };
}

function refuseHours(hours: number, name: string, existing: number, direction: 'Increase' | 'Decrease') {
  const requested = `Requested retention period (${hours} hours)`;
  const invalid = (message: string, bounds: boolean) => ({
    refusal: new Refusal('InvalidArgumentException', message),
    bounds,
  });
  if (hours < RETENTION_HOURS_DEFAULT) {
    return invalid(
      `Minimum allowed retention period is ${RETENTION_HOURS_DEFAULT} hours. ${requested} is too short.`,
      true,
    );
  }
  if (direction === 'Increase' && hours < existing) {
    return invalid(
      `${requested} for stream ${name} can not be shorter than existing retention period (${existing} hours). Use DecreaseRetentionPeriod API.`,
      false,
    );
  }
  if (direction === 'Decrease' && hours > existing) {
    return invalid(
      `${requested} for stream ${name} can not be longer than existing retention period (${existing} hours). Use IncreaseRetentionPeriod API.`,
      false,
    );
  }
  return undefined;
}
