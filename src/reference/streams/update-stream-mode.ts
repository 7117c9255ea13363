import { Refusal } from '../refusal.ts';
import { capital } from '../subject.ts';
import type { Handler } from './operation.ts';
import { refuseShards } from './shard-ref.ts';
import { refuseWarm } from '../warm-rules.ts';
import { keepWarm } from './warm-throughput.ts';

/** Switches a stream between provisioned and on-demand; its shards and records stay (texts assumed). In provisioned mode its shards count for the quota. */
export const updateStreamMode: Handler<'UpdateStreamMode'> = (service, input, arrival) => {
  const stream = service.findChangeable(input, arrival);
  if (stream instanceof Refusal) return stream;
  const { StreamMode: mode } = input.StreamModeDetails;
  const { modeSwitchesPerDay } = service.options.quotas;
  const warm = input.WarmThroughputMiBps;
  const committed = service.account(arrival.caller).commitment.active(arrival.nowMs);
  const refused =
    warm === undefined ? undefined : refuseWarm(warm, mode, committed, service.options.quotas, stream.faults);
  if (refused) return refused;
  const switches = mode !== stream.mode;
  if (switches && stream.changes.inLastDay('UpdateStreamMode', arrival.nowMs) >= modeSwitchesPerDay) {
    return new Refusal(
      'LimitExceededException',
      `The mode of stream ${stream.name} was switched ${modeSwitchesPerDay} times in the last 24 hours, which is the most there may be.`,
    );
  }
  if (switches && service.account(arrival.caller).channelsOf(stream, arrival).length > 0) {
    // Channels are for on-demand streams alone; that they hold the mode is assumed.
    return new Refusal('ResourceInUseException', `${capital(stream.subject)} has channels, which need ON_DEMAND mode.`);
  }
  if (switches) {
    const tooMany =
      mode === 'ON_DEMAND'
        ? service.account(arrival.caller).refuseMode(mode, arrival)
        : refuseShards(service, stream.topology.open.length, arrival);
    if (tooMany) return tooMany;
    stream.changes.note('UpdateStreamMode', arrival.nowMs);
    for (const { log, faults } of stream.topology.shards)
      if (log.end > log.horizon && faults.fires('od.switch-truncates')) log.trimTo(log.end);
  }
  stream.switchTo(mode, arrival.nowNs);
  if (mode === 'PROVISIONED') stream.settings.distribution = 'USER_PARTITION_KEY';
  keepWarm(service, stream, switches ? warm : (warm ?? stream.settings.warmMiBps), arrival);
  return { atNs: service.answerAtNs(arrival), value: undefined };
};
