import type { EnhancedMonitoringInput } from '../../protocol/operations.ts';
import { Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { Arrival } from '../arrival.ts';
import type { Handler } from './operation.ts';

/** Switches metrics of shards on. The reference has the switches and no metrics. */
export const enableEnhancedMonitoring: Handler<'EnableEnhancedMonitoring'> = (service, input, arrival) =>
  change(service, input, arrival, true);

/** Switches metrics of shards off. */
export const disableEnhancedMonitoring: Handler<'DisableEnhancedMonitoring'> = (service, input, arrival) =>
  change(service, input, arrival, false);

function change(service: Service, input: EnhancedMonitoringInput, arrival: Arrival, on: boolean) {
  const stream = service.findChangeable(input, arrival);
  if (stream instanceof Refusal) return stream;
  const { settings } = stream;
  const before = settings.metrics;
  settings.monitor(input.ShardLevelMetrics, on);
  service.beginUpdate(stream, arrival);
  return {
    atNs: service.answerAtNs(arrival),
    value: {
      StreamName: stream.name,
      StreamARN: stream.arn,
      CurrentShardLevelMetrics: before,
      DesiredShardLevelMetrics: settings.metrics,
    },
  };
}
