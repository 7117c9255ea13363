/**
 * SubscribeToShard: the call that begins a subscription. Everything is decided on arrival: the place to begin, and whose
 * the shard is. A call sooner than five seconds after the last successful one is refused, dead or alive as that one's
 * subscription may be (the service model's words); a later one takes over.
 *
 * Assumed: the five seconds are looked at before the limit of one call a second, and what they refuse takes nothing from it.
 */
import { NS_PER_MS } from '../../clock.ts';
import { RESUBSCRIBE_MS } from '../../protocol/limits.ts';
import type { Arrival } from '../arrival.ts';
import { Refusal } from '../refusal.ts';
import type { Shard } from '../shard.ts';
import { Subscription } from '../subscription.ts';
import { findConsumer, type ConsumerFound } from './consumer-ref.ts';
import { dryRunSucceeded } from './dry-run.ts';
import type { Handler } from './operation.ts';
import { ordinalOf, refuseStart, shardToRead, type Start } from './starting-position.ts';

/** A stream of events, from one of the five kinds of beginning. */
export const subscribeToShard: Handler<'SubscribeToShard'> = (service, input, arrival) => {
  const { options, timetable } = service;
  const { nowNs } = arrival;
  const found = findConsumer(service, { ConsumerARN: input.ConsumerARN }, arrival);
  if (found instanceof Refusal) return found;
  const { stream, consumer } = found;
  const shard = shardToRead(stream, input.ShardId, arrival);
  if (shard instanceof Refusal) return shard;
  const { Type, SequenceNumber, Timestamp } = input.StartingPosition;
  const start: Start = { operation: 'SubscribeToShard', type: Type, number: SequenceNumber, timestamp: Timestamp };
  const refused = refuseStart(start, arrival, shard) ?? refuseConsumer(found, shard, arrival);
  if (refused) return refused;

  const pipe = consumer.pipe(shard.index, nowNs);
  if (input.DryRun !== true && pipe.calls?.has(nowNs, 1) === false) {
    return new Refusal(
      'LimitExceededException',
      `Rate exceeded for consumer ${consumer.name} and shard ${shard.id} in ${stream.subject}.`,
    );
  }
  if (input.DryRun !== true) pipe.calls?.take(nowNs, 1);
  shard.settle();
  stream.trim(shard, arrival.nowMs);
  const position = ordinalOf(start, stream, shard, arrival);
  if (position instanceof Refusal) return position;
  if (input.DryRun === true) return dryRunSucceeded();

  const before = pipe.subscription;
  const shared = before?.live(nowNs) === true && shard.faults.fires('efo.two-live');
  if (!shared) before?.end(inUse(found, shard));
  const atNs = service.answerAtNs(arrival);
  const random = options.random.fork('push', stream.number, shard.index, consumer.number);
  const subscription = new Subscription({
    stream,
    shard,
    pipe,
    position,
    beganAtNs: nowNs,
    answeredAtNs: atNs,
    service: options,
    timetable,
    random,
  });
  pipe.subscription = subscription;
  return { atNs, events: (codec) => (signal) => subscription.messages(codec, signal) };
};

/** The refusal that a consumer's state earns, or the age of its last subscription. */
function refuseConsumer(found: ConsumerFound, shard: Shard, arrival: Arrival): Refusal | undefined {
  const { nowNs } = arrival;
  const { stream, consumer } = found;
  if (consumer.status(nowNs) !== 'ACTIVE') {
    return new Refusal(
      'ResourceInUseException',
      `Consumer ${consumer.name} with creation timestamp ${consumer.createdS} under stream: ${stream.name}, account ${stream.accountId} is not in ACTIVE status.`,
    );
  }
  const before = consumer.subscription(shard.index);
  if (!before || nowNs - before.beganAtNs >= RESUBSCRIBE_MS * NS_PER_MS) return undefined;
  return shard.faults.fires('efo.two-live') ? undefined : inUse(found, shard);
}

/** The text that AWS was seen to write. */
function inUse({ stream, consumer }: ConsumerFound, shard: Shard): Refusal {
  return new Refusal(
    'ResourceInUseException',
    `Another active subscription exists for this consumer: ${stream.accountId}:${stream.name}:${shard.id}:${consumer.name}`,
  );
}
