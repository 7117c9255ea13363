import { refuseFreshness } from '../channels/channel-settings.ts';
import { invalid, Refusal } from '../refusal.ts';
import { capital } from '../subject.ts';
import { findChannel } from './channel-ref.ts';
import type { Handler } from './operation.ts';

/** Changes the data freshness of a channel, or how it logs; nothing else of it can be changed (texts and order assumed). */
export const updateChannel: Handler<'UpdateChannel'> = (service, input, arrival) => {
  const channel = findChannel(service, input, arrival);
  if (channel instanceof Refusal) return channel;
  const { S3DestinationConfiguration: s3, S3TablesDestinationConfiguration: tables, LoggingConfiguration } = input;
  if (tables) return invalid(`${capital(channel.subject)} does not deliver to tables.`);
  if (!s3 && !LoggingConfiguration) return invalid('Nothing to be updated is given.');
  const refused = s3 && refuseFreshness(s3.DataFreshnessInSeconds, service.options.quotas);
  if (refused) return refused;
  const status = channel.status(arrival.nowNs);
  if (status !== 'ACTIVE') {
    const message = `${capital(channel.subject)} not ACTIVE, instead in state ${status}`;
    return new Refusal('ResourceInUseException', message);
  }
  channel.update(input, arrival);
  return { atNs: service.answerAtNs(arrival), value: { ChannelDescription: channel.describe(arrival.nowNs) } };
};
