import type { Handler } from './operation.ts';

/** What the account may have, and what of it it has. */
export const describeLimits: Handler<'DescribeLimits'> = (service, _input, arrival) => {
  const account = service.account(arrival.caller);
  const { quotas } = service.options;
  const onDemand = account.streams(arrival).filter(({ mode }) => mode === 'ON_DEMAND');
  return {
    atNs: service.answerAtNs(arrival),
    value: {
      ShardLimit: quotas.shardsMax,
      OpenShardCount: account.openShardCount(arrival),
      OnDemandStreamCount: onDemand.length,
      OnDemandStreamCountLimit: quotas.onDemandStreamsMax,
      ChannelCount: account.channels.list(arrival).length,
      ChannelCountLimit: quotas.channels.perAccountMax,
    },
  };
};
