import type { Arrival } from '../arrival.ts';
import { Refusal } from '../refusal.ts';
import type { Service } from '../service.ts';
import type { Stream } from '../stream.ts';
import type { Handler } from './operation.ts';
import { refuseTags } from './tags.ts';
import { consumerSubject } from '../subject.ts';

/** Registers a consumer: CREATING at once, ACTIVE after the time the endpoint was set up with. */
export const registerStreamConsumer: Handler<'RegisterStreamConsumer'> = (service, input, arrival) => {
  const stream = service.find(input, arrival);
  if (stream instanceof Refusal) return stream;
  const { ConsumerName: name, Tags: tags = {} } = input;
  const subject = consumerSubject(name, stream.name, stream.accountId);
  // Consumers can be registered while a stream is UPDATING (assumed).
  const refused =
    refuseTags(tags, new Map(), subject, service.options.quotas) ?? service.refuseUnready(stream, arrival);
  if (refused) return refused;
  const atNs = service.answerAtNs(arrival);
  const known = stream.consumers.find(name, arrival);
  if (known) {
    if (stream.faults.fires('efo.dup-name')) return { atNs, value: { Consumer: known.describe(arrival.nowNs) } };
    return new Refusal('ResourceInUseException', `Consumer ${name} under stream ${stream.name} already exists.`);
  }
  const tooMany = refuseCount(service, stream, arrival);
  if (tooMany) return tooMany;
  const consumer = stream.consumers.add({
    name,
    streamName: stream.name,
    streamArn: stream.arn,
    accountId: stream.accountId,
    tags,
    createMs: service.options.createConsumerMs,
    arrival,
    limits: service.options.limits,
  });
  return { atNs, value: { Consumer: consumer.describe(arrival.nowNs) } };
};

/** The limits on the number of consumers (texts assumed). */
function refuseCount(service: Service, stream: Stream, arrival: Arrival): Refusal | undefined {
  const { limits } = service.options;
  if (!limits) return undefined;
  const committed = service.account(arrival.caller).commitment.active(arrival.nowMs);
  const most = committed && stream.mode === 'ON_DEMAND' ? limits.consumersMaxCommitted : limits.consumersMax;
  if (stream.consumers.count(arrival) >= most && !stream.faults.fires('efo.no-limit')) {
    return new Refusal(
      'LimitExceededException',
      `Limit of ${most} registered consumers exceeded for ${stream.subject}.`,
    );
  }
  const creating = stream.consumers
    .list(arrival)
    .filter((consumer) => consumer.status(arrival.nowNs) === 'CREATING').length;
  if (creating < limits.consumersCreatingMax) return undefined;
  return new Refusal(
    'LimitExceededException',
    `Limit of ${limits.consumersCreatingMax} consumers being created concurrently exceeded for ${stream.subject}.`,
  );
}
