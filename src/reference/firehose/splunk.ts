/**
 * Splunk's HTTP Event Collector as a destination. Records are sent one behind the other to the raw or the event endpoint, on a
 * channel; Splunk answers with the number of an acknowledgement, which is then asked for until it is there or its time is over.
 * Only an acknowledged buffer is delivered (source: the developer guide). What the requests look like is Splunk's protocol (Splunk
 * Enterprise, "HTTP Event Collector" and "About HTTP Event Collector Indexer Acknowledgment"); that Firehose sends just these
 * is assumed, as is how often it asks.
 */
import { NS_PER_MS } from '../../clock.ts';
import type { SplunkConfiguration } from '../../protocol/firehose/operations.ts';
import type { StreamFaults } from '../faults.ts';
import { Refusal } from '../refusal.ts';
import { allAgain, cut, done, type Application, type Attempt, type Verdict } from './application.ts';
import { Doubling } from './backoff.ts';
import { backupOf, changed } from './backup.ts';
import type { HeldRecord } from './batch.ts';
import type { KeptDestination } from './kept-destination.ts';
import { wrongUrl, type IncomingAnswer, type Trouble } from './sender.ts';

const DEFAULTS = { sizeMib: 5, intervalS: 60 };
/** Where none are given (source: the service model for neither; the least that it takes, and what others have: assumed). */
const ACKNOWLEDGEMENT_S_DEFAULT = 180;
const RETRY_S_DEFAULT = 300;
/** The first question after a second, then twice as long each time up to ten (assumed). */
const QUESTION_MS_MAX = 10_000;
/** A record of Firehose may alone be larger than the buffer. */
const REQUEST = { records: Number.POSITIVE_INFINITY, bytes: 5 * 1_048_576 };

/** How the troubles of sending are called (assumed, as all names here but Splunk.AckTimeout). */
const troubles: Readonly<Record<Trouble, readonly [code: string, message: string]>> = {
  timeout: ['Splunk.ConnectionTimeout', 'The connection to Splunk timed out.'],
  'connection-failed': ['Splunk.ConnectionTimeout', 'No connection to Splunk could be made.'],
  'connection-reset': ['Splunk.ConnectionClosed', 'The connection to Splunk was closed before it answered.'],
  tls: ['Splunk.SSLHandshake', 'The TLS handshake with Splunk failed.'],
  'answer-too-large': ['Splunk.ServerError', 'The answer of Splunk is larger than 1 MiB.'],
};
/** How refusals of Splunk are called, by the `code` of its protocol. */
const refusals: Readonly<Record<number, string>> = {
  1: 'Splunk.DisabledToken',
  2: 'Splunk.InvalidToken',
  3: 'Splunk.InvalidToken',
  4: 'Splunk.InvalidToken',
  6: 'Splunk.InvalidDataFormat',
  7: 'Splunk.InvalidIndex',
  9: 'Splunk.IndexerBusy',
  14: 'Splunk.DisabledAck',
};

/** Checks and fills in a configuration. */
export function splunkDestination(configuration: SplunkConfiguration, faults: StreamFaults): KeptDestination | Refusal {
  const { S3Configuration: _bucket, HECEndpoint: url, ...rest } = configuration;
  const wrong = wrongUrl(url);
  if (wrong !== undefined) return new Refusal('InvalidArgumentException', `HECEndpoint: ${wrong}`);
  if (!rest.HECToken) return new Refusal('InvalidArgumentException', 'HECToken is needed for a Splunk destination.');
  const backup = backupOf(configuration, DEFAULTS, faults);
  if (backup instanceof Refusal) return backup;
  const mode = rest.S3BackupMode ?? 'FailedEventsOnly';
  const acknowledgementS = rest.HECAcknowledgmentTimeoutInSeconds ?? ACKNOWLEDGEMENT_S_DEFAULT;
  const retry = { DurationInSeconds: rest.RetryOptions?.DurationInSeconds ?? RETRY_S_DEFAULT };
  const collector = new Collector(url, rest.HECEndpointType, rest.HECToken, acknowledgementS * 1000);
  return {
    described: {
      SplunkDestinationDescription: {
        ...rest,
        HECEndpoint: url,
        HECAcknowledgmentTimeoutInSeconds: acknowledgementS,
        ...(backup.processing && { ProcessingConfiguration: backup.processing }),
        BufferingHints: backup.hints,
        CloudWatchLoggingOptions: rest.CloudWatchLoggingOptions ?? { Enabled: false },
        RetryOptions: retry,
        S3BackupMode: mode,
        S3DestinationDescription: backup.bucket,
      },
    },
    ...backup.delivery(splunkApplication(collector, retry.DurationInSeconds * 1000), mode === 'AllEvents'),
    updates: ['SplunkDestinationUpdate'],
    updated({ SplunkDestinationUpdate: update = {} }, own) {
      // Source: SplunkDestinationConfiguration in the API reference (text assumed).
      if (mode === 'AllEvents' && update.S3BackupMode === 'FailedEventsOnly')
        return new Refusal('InvalidArgumentException', 'S3BackupMode cannot be changed from AllEvents.');
      return splunkDestination(changed(configuration, update), own);
    },
  };
}

function splunkApplication(collector: Collector, retryMs: number): Application {
  return {
    errorType: 'splunk-failed',
    retryMs,
    retryHasAttempts: false,
    pieces: (records) => cut(records, REQUEST, ({ data }) => data.length),
    attempt: (records, attempt) => collector.deliver(records, attempt),
    particulars: ({ id }) => ({ EventId: `${id}.0` }),
  };
}

/** What Splunk says, as far as anybody asks. */
interface Said {
  readonly text?: unknown;
  readonly code?: unknown;
  readonly ackId?: unknown;
  readonly acks?: unknown;
}

/** One event collector. */
class Collector {
  readonly #url: URL;
  readonly #path: string;
  readonly #token: string;
  readonly #patienceMs: number;

  constructor(url: string, type: SplunkConfiguration['HECEndpointType'], token: string, patienceMs: number) {
    this.#url = new URL(url);
    this.#path = type === 'Raw' ? 'raw' : 'event';
    this.#token = token;
    this.#patienceMs = patienceMs;
  }

  /** Sends records and waits for their acknowledgement; both within the one timeout (source: the developer guide). */
  async deliver(records: readonly HeldRecord[], attempt: Attempt): Promise<Verdict> {
    const { clock, signal } = attempt;
    const overNs = clock.monotonicNs() + this.#patienceMs * NS_PER_MS;
    const leftMs = () => (overNs - clock.monotonicNs()) / NS_PER_MS;
    const body = Buffer.concat(records.map(({ data }) => data));
    const answer = await this.#post(attempt, this.#path, body, leftMs());
    if (typeof answer === 'string') return allAgain(records, ...troubles[answer]);
    const said = readSaid(answer);
    if (answer.status !== 200 || said.code !== 0)
      return allAgain(records, codeOf(answer.status, said), messageOf(answer));
    const { ackId } = said;
    if (typeof ackId !== 'number')
      return allAgain(
        records,
        'Splunk.DisabledAck',
        `Splunk did not say how to ask for its acknowledgement. ${messageOf(answer)}`,
      );
    const question = Buffer.from(JSON.stringify({ acks: [ackId] }));
    const pauses = new Doubling(QUESTION_MS_MAX);
    for (;;) {
      await clock.sleepUntil(Math.min(overNs, clock.monotonicNs() + pauses.nextMs() * NS_PER_MS), signal);
      if (signal.aborted) return done;
      if (leftMs() <= 0) break;
      // A question that is not answered is asked again: only the acknowledgement itself decides (assumed).
      const acknowledged = await this.#post(attempt, 'ack', question, leftMs());
      if (signal.aborted || (typeof acknowledged !== 'string' && isAcknowledged(acknowledged, ackId))) return done;
    }
    return allAgain(
      records,
      'Splunk.AckTimeout',
      'Splunk did not acknowledge within HECAcknowledgmentTimeoutInSeconds.',
    );
  }

  /** The channel is the id of the request: questions go on that of what they ask for (assumed). */
  #post(attempt: Attempt, path: string, body: Uint8Array, timeoutMs: number): Promise<IncomingAnswer | Trouble> {
    const headers = {
      authorization: `Splunk ${this.#token}`,
      'x-splunk-request-channel': attempt.requestId,
      'content-type': path === 'raw' ? 'text/plain' : 'application/json',
    };
    const base = this.#url.pathname.replace(/\/(services\/collector(\/[\w.]+)*\/?)?$/, '');
    return attempt.ask({ url: `${this.#url.origin}${base}/services/collector/${path}`, headers, body }, timeoutMs);
  }
}

function readSaid({ body }: IncomingAnswer): Said {
  try {
    const said: unknown = JSON.parse(Buffer.from(body).toString());
    return typeof said === 'object' && said !== null ? said : {};
  } catch {
    return {};
  }
}

function isAcknowledged(answer: IncomingAnswer, ackId: number): boolean {
  const { acks } = readSaid(answer);
  if (answer.status !== 200 || typeof acks !== 'object' || acks === null) return false;
  return Object.entries(acks).some(([id, there]) => id === String(ackId) && there === true);
}

function codeOf(status: number, { code }: Said): string {
  if (status === 404) return 'Splunk.URLNotFound';
  if (status === 413) return 'Splunk.ServerError.ContentTooLarge';
  return (typeof code === 'number' ? refusals[code] : undefined) ?? 'Splunk.ServerError';
}

function messageOf({ status, body }: IncomingAnswer): string {
  return `Splunk answered ${status}: ${Buffer.from(body).toString().slice(0, 1024)}`;
}
