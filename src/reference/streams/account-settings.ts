import type { Handler } from './operation.ts';

/** The minimum throughput billing commitment of the account. */
export const describeAccountSettings: Handler<'DescribeAccountSettings'> = (service, _input, arrival) => ({
  atNs: service.answerAtNs(arrival),
  value: service.account(arrival.caller).commitment.describe(arrival.nowMs),
});

/** Enables the commitment, or lets it end as soon as it may. */
export const updateAccountSettings: Handler<'UpdateAccountSettings'> = (service, input, arrival) => {
  const { commitment } = service.account(arrival.caller);
  if (input.MinimumThroughputBillingCommitment.Status === 'ENABLED') commitment.enable(arrival.nowMs);
  else commitment.disable(arrival.nowMs);
  return { atNs: service.answerAtNs(arrival), value: commitment.describe(arrival.nowMs) };
};
