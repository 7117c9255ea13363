/**
 * An HTTP endpoint as a destination (source: the developer guide, HTTP endpoint delivery request and response specifications).
 * A request has records in base64, an id that stays the same when it is sent again, and a time; only a 200 that repeats the id
 * is a success. A 413 is final, and its records go nowhere. Firehose sends to port 443 by https alone; here any https port will
 * do, and http to the loopback of this machine.
 */
import { gzipSync } from 'node:zlib';
import type { HttpEndpointConfiguration } from '../../protocol/firehose/operations.ts';
import type { StreamFaults } from '../faults.ts';
import { Refusal } from '../refusal.ts';
import { allAgain, cut, done, type Application, type Attempt, type Verdict } from './application.ts';
import { backupOf, changed } from './backup.ts';
import type { HeldRecord } from './batch.ts';
import type { KeptDestination } from './kept-destination.ts';
import { wrongUrl, type IncomingAnswer, type OutgoingRequest, type Trouble } from './sender.ts';

const DEFAULTS = { sizeMib: 5, intervalS: 300 };
/** Source: HttpEndpointRetryOptions in the service model names no default; that of its neighbours is assumed. */
const RETRY_S_DEFAULT = 300;
const ANSWER_MS = 180_000;
const REQUEST = { records: 10_000, bytes: 64 * 1_048_576 };
/** What stands around the base64 of a record. */
const FRAME_BYTES = 12;
const MESSAGE_CHARACTERS_MAX = 8192;
const PERMANENT = 413;

/** How the troubles of sending are called (source: the developer guide, troubleshooting HTTP endpoints; texts assumed). */
const troubles: Readonly<Record<Trouble, readonly [code: string, message: string]>> = {
  timeout: ['HttpEndpoint.RequestTimeout', 'The endpoint did not respond within the timeout of 3 minutes.'],
  'connection-failed': ['HttpEndpoint.ConnectionFailed', 'No connection to the endpoint could be made.'],
  'connection-reset': ['HttpEndpoint.ConnectionReset', 'The connection to the endpoint was reset or closed.'],
  tls: ['HttpEndpoint.SSLHandshakeFailure', 'The TLS handshake with the endpoint failed.'],
  'answer-too-large': ['HttpEndpoint.ResponseTooLarge', 'The response of the endpoint is larger than 1 MiB.'],
};

/** Checks and fills in a configuration. */
export function httpDestination(
  configuration: HttpEndpointConfiguration,
  faults: StreamFaults,
): KeptDestination | Refusal {
  const { EndpointConfiguration: endpoint, S3Configuration: _bucket, ...rest } = configuration;
  const wrong = wrongUrl(endpoint.Url);
  if (wrong !== undefined) return new Refusal('InvalidArgumentException', `EndpointConfiguration.Url: ${wrong}`);
  const backup = backupOf(configuration, DEFAULTS, faults);
  if (backup instanceof Refusal) return backup;
  const { AccessKey: _secret, ...shown } = endpoint;
  const mode = configuration.S3BackupMode ?? 'FailedDataOnly';
  const retry = { DurationInSeconds: configuration.RetryOptions?.DurationInSeconds ?? RETRY_S_DEFAULT };
  return {
    described: {
      HttpEndpointDestinationDescription: {
        ...rest,
        EndpointConfiguration: shown,
        ...(backup.processing && { ProcessingConfiguration: backup.processing }),
        BufferingHints: backup.hints,
        CloudWatchLoggingOptions: rest.CloudWatchLoggingOptions ?? { Enabled: false },
        RequestConfiguration: { ContentEncoding: 'NONE', ...rest.RequestConfiguration },
        RetryOptions: retry,
        S3BackupMode: mode,
        S3DestinationDescription: backup.bucket,
      },
    },
    ...backup.delivery(httpApplication(configuration, retry.DurationInSeconds * 1000), mode === 'AllData'),
    updates: ['HttpEndpointDestinationUpdate'],
    updated: ({ HttpEndpointDestinationUpdate: update = {} }, own) =>
      httpDestination(changed(configuration, update), own),
  };
}

function httpApplication({ EndpointConfiguration, RequestConfiguration }: HttpEndpointConfiguration, retryMs: number) {
  const { Url: url, AccessKey: key } = EndpointConfiguration;
  const { ContentEncoding: encoding, CommonAttributes: attributes = [] } = RequestConfiguration ?? {};
  const gzip = encoding === 'GZIP';
  const common = Object.fromEntries(
    attributes.map(({ AttributeName, AttributeValue }) => [AttributeName, AttributeValue]),
  );
  const fixed: Record<string, string> = {
    'content-type': 'application/json',
    'x-amz-firehose-protocol-version': '1.0',
    ...(key && { 'x-amz-firehose-access-key': key }),
    ...(attributes.length > 0 && {
      'x-amz-firehose-common-attributes': asciiJson({ commonAttributes: common }),
    }),
    ...(gzip && { 'content-encoding': 'gzip' }),
  };
  const requestOf = (records: readonly HeldRecord[], { requestId, streamArn, clock }: Attempt): OutgoingRequest => {
    const data = records.map((record) => ({ data: Buffer.from(record.data).toString('base64') }));
    const body = Buffer.from(JSON.stringify({ requestId, timestamp: clock.now(), records: data }));
    return {
      url,
      headers: { ...fixed, 'x-amz-firehose-request-id': requestId, 'x-amz-firehose-source-arn': streamArn },
      body: gzip ? gzipSync(body) : body,
    };
  };
  return {
    errorType: 'http-endpoint-failed',
    retryMs,
    retryHasAttempts: false,
    pieces: (records) => cut(records, REQUEST, ({ data }) => Math.ceil(data.length / 3) * 4 + FRAME_BYTES),
    async attempt(records, attempt) {
      const answer = await attempt.ask(requestOf(records, attempt), ANSWER_MS);
      return typeof answer === 'string'
        ? allAgain(records, ...troubles[answer])
        : verdictOn(answer, records, attempt.requestId);
    },
    particulars: ({ id }) => ({ subsequenceNumber: 0, dataId: `${id}.0` }),
  } satisfies Application;
}

/** JSON as a header can carry it (assumed: AWS says only that it is JSON). */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function verdictOn(answer: IncomingAnswer, records: readonly HeldRecord[], requestId: string): Verdict {
  const text = Buffer.from(answer.body).toString().slice(0, MESSAGE_CHARACTERS_MAX);
  if (answer.status === PERMANENT) return done;
  if (answer.status !== 200) {
    const message = `The following response was received from the endpoint destination. ${answer.status}: ${text}`;
    return allAgain(records, 'HttpEndpoint.DestinationException', message);
  }
  const wrong = wrongAnswer(answer, requestId);
  return wrong === undefined
    ? done
    : allAgain(records, 'HttpEndpoint.InvalidResponseFromDestination', `The response is not valid: ${wrong}. ${text}`);
}

function wrongAnswer({ headers, body }: IncomingAnswer, requestId: string): string | undefined {
  if (headers['content-encoding'] !== undefined) return 'it has a content encoding';
  if (!headers['content-type']?.startsWith('application/json')) return 'its content type is not application/json';
  let said: unknown;
  try {
    said = JSON.parse(Buffer.from(body).toString());
  } catch {
    return 'it is not JSON';
  }
  if (typeof said !== 'object' || said === null) return 'it is not an object';
  if (!('requestId' in said) || said.requestId !== requestId) return 'its requestId is not that of the request';
  return 'timestamp' in said && typeof said.timestamp === 'number' ? undefined : 'its timestamp is not a number';
}
