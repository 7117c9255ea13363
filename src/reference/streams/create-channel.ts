import type { CreateChannelInput } from '../../protocol/operations.ts';
import type { Arrival } from '../arrival.ts';
import { Channel } from '../channels/channel.ts';
import { askedFor, describeDestination, isServiceKey } from '../channels/channel-settings.ts';
import { uuid } from '../firehose/object-key.ts';
import { invalid, Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { Stream } from '../stream.ts';
import { capital, channelSubject } from '../subject.ts';
import type { Handler } from './operation.ts';
import { refuseTags } from './tags.ts';

/** Makes a channel: CREATING at once, ACTIVE and delivering after the time the endpoint was set up with (texts and order assumed). */
export const createChannel: Handler<'CreateChannel'> = (service, input, arrival) => {
  const asked = askedFor(input);
  if (asked instanceof Refusal) return asked;
  // The stream of another account is not found: a channel and its stream are of one (source: the developer guide).
  const { StreamARN } = input.StreamConfigurationList[0]!;
  const stream = service.find({ StreamARN }, arrival);
  if (stream instanceof Refusal) return stream;
  const { options } = service;
  const { channels } = service.account(arrival.caller);
  const name = input.ChannelName;
  const id = uuid(options.random.fork('channel-id', stream.number, arrival.nowNs, name));
  const owner = { name, id, streamName: stream.name };
  const destination = describeDestination(asked, owner, options.quotas);
  if (destination instanceof Refusal) return destination;
  const subject = channelSubject(name, arrival.caller.accountId);
  const refused =
    refuseTags(input.Tags ?? {}, new Map(), subject, options.quotas) ??
    refuseStream(service, stream, arrival) ??
    refuseKey(service, stream, input, arrival) ??
    refuseCount(service, stream, input, arrival);
  if (refused) return refused;
  const channel = channels.add(
    (number) => new Channel(options, { number, owner, input, destination, stream, arrival }),
  );
  return { atNs: service.answerAtNs(arrival), value: { ChannelDescription: channel.describe(arrival.nowNs) } };
};

/** Channels are for on-demand streams that are ACTIVE (source: CreateChannel in the service model). */
function refuseStream(service: Service, stream: Stream, arrival: Arrival): Refusal | undefined {
  if (stream.mode === 'ON_DEMAND') return service.refuseBusy(stream, arrival);
  return new Refusal(
    'ValidationException',
    `CreateChannel is only supported for streams in ON_DEMAND mode; ${stream.subject} is in PROVISIONED mode.`,
  );
}

/** Neither side may be encrypted with the key of the service, and that of the objects must be usable (source: the developer guide). */
function refuseKey(
  { options }: Service,
  stream: Stream,
  { EncryptionConfiguration: encryption }: CreateChannelInput,
  { nowNs }: Arrival,
): Refusal | undefined {
  const source = stream.settings.keyId(nowNs);
  if (isServiceKey(source))
    return invalid(`${capital(stream.subject)} is encrypted with ${source}, which a stream with a channel cannot be.`);
  if (isServiceKey(encryption?.KeyId)) return invalid('The objects of a channel need a customer managed key.');
  return options.keys.refuse(encryption?.KeyId, stream.faults);
}

function refuseCount(
  service: Service,
  stream: Stream,
  { ChannelName: name }: CreateChannelInput,
  arrival: Arrival,
): Refusal | undefined {
  const { id, channels } = service.account(arrival.caller);
  const present = channels.list(arrival);
  if (present.some((channel) => channel.name === name))
    return new Refusal('ResourceInUseException', `${capital(channelSubject(name, id))} already exists.`);
  const { perAccountMax, perStreamMax } = service.options.quotas.channels;
  if (present.filter((channel) => channel.stream === stream).length >= perStreamMax)
    return new Refusal(
      'LimitExceededException',
      `Limit of ${perStreamMax} S3 channels exceeded for ${stream.subject}.`,
    );
  if (present.length < perAccountMax) return undefined;
  return new Refusal('LimitExceededException', `Limit of ${perAccountMax} channels exceeded for account ${id}.`);
}
