/**
 * Splunk's HTTP Event Collector with acknowledgements, as Data Firehose needs it (source: Splunk Enterprise, "HTTP Event Collector" and
 * "About HTTP Event Collector Indexer Acknowledgment"): events come to the raw endpoint on a channel, the answer has an `ackId`
 * of that channel, and whoever asks for it later is told that they are indexed. Here they are as soon as they came.
 */
import { jsonAnswer, type ReceivedRequest, type ReceiverAnswer } from '../wire/receiver.ts';
import type { DestinationProtocol } from './receiving.ts';

const RAW = '/services/collector/raw';
const ACK = '/services/collector/ack';

/** Speaks it; only who has the token is let in. */
export function splunkProtocol(token: string): DestinationProtocol {
  /** How many acknowledgements each channel was given: their ids count from 0. */
  const channels = new Map<string, number>();
  return {
    refusal: () => jsonAnswer(503, { text: 'Server is busy', code: 9 }),
    given(request) {
      const { headers, path, body } = request;
      const channel = channelOf(request);
      if (headers['authorization'] !== `Splunk ${token}`)
        return { kind: 'wrong', why: 'the token is not that of the run' };
      if (channel === '') return { kind: 'wrong', why: 'there is no channel' };
      if (path === ACK) return { kind: 'answer', answer: acknowledged(body, channels.get(channel) ?? 0) };
      if (path !== RAW) return { kind: 'wrong', why: `there is no ${path}` };
      return { kind: 'records', plain: body, id: channel };
    },
    taken(_nowMs, request) {
      const channel = channelOf(request);
      const ackId = channels.get(channel) ?? 0;
      channels.set(channel, ackId + 1);
      return jsonAnswer(200, { text: 'Success', code: 0, ackId });
    },
    refused: (_nowMs, _request, why) => jsonAnswer(400, { text: why, code: 6 }),
  };
}

function channelOf({ headers }: ReceivedRequest): string {
  return headers['x-splunk-request-channel'] ?? '';
}

function acknowledged(body: Buffer, given: number): ReceiverAnswer {
  let asked: unknown;
  try {
    ({ acks: asked } = JSON.parse(body.toString()));
  } catch {
    asked = undefined;
  }
  if (!Array.isArray(asked)) return jsonAnswer(400, { text: 'Invalid data format', code: 6 });
  const acks = Object.fromEntries(asked.map((id: unknown) => [String(id), typeof id === 'number' && id < given]));
  return jsonAnswer(200, { acks });
}
