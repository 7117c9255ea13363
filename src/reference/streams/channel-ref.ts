import type { ChannelRef } from '../../protocol/operations.ts';
import type { Arrival } from '../arrival.ts';
import type { Channel } from '../channels/channel.ts';
import { Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import { capital, channelSubject } from '../subject.ts';

/** The channel that an ARN names, if it is the caller's (text assumed). */
export function findChannel(service: Service, { ChannelARN: arn }: ChannelRef, arrival: Arrival): Channel | Refusal {
  const { caller } = arrival;
  const [, region, accountId, id = arn] = /^arn:[^:]*:kinesis:([^:]*):(\d{12}):channel\/(\S+)$/.exec(arn) ?? [];
  const ours = region === caller.region && accountId === caller.accountId;
  const channel = ours ? service.account(caller).channels.find(id, arrival) : undefined;
  if (channel) return channel;
  const subject = channelSubject(id, accountId ?? caller.accountId);
  return new Refusal('ResourceNotFoundException', `${capital(subject)} not found.`);
}
