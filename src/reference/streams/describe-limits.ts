import { awsLimits } from '../limits.ts';
import type { Handler } from './operation.ts';

/** What the account may have, and what of it it has. */
export const describeLimits: Handler<'DescribeLimits'> = (service, _input, arrival) => {
  const account = service.account(arrival.caller);
  const limits = service.options.limits ?? awsLimits;
  const onDemand = account.streams(arrival).filter(({ mode }) => mode === 'ON_DEMAND');
  return {
    atNs: service.answerAtNs(arrival),
    value: {
      ShardLimit: limits.shardsMax,
      OpenShardCount: account.openShardCount(arrival),
      OnDemandStreamCount: onDemand.length,
      OnDemandStreamCountLimit: limits.onDemandStreamsMax,
    },
  };
};
