/**
 * A search cluster as a destination: OpenSearch, Elasticsearch, or a collection of OpenSearch Serverless, by the bulk API that they
 * share. A record is a document, one line of JSON; an answer says of each document whether it is indexed, and those that are not
 * are tried again alone. A document that the cluster finds malformed (400) is not tried again (assumed), nor one that would
 * break the lines of the request.
 *
 * AWS signs its requests with the role of the destination; these are not signed. Clusters are reached by their endpoint alone: the
 * reference knows no domains and no VPCs.
 */
import type { OpenSearchConfiguration, ServerlessConfiguration } from '../../protocol/firehose/operations.ts';
import type { StreamFaults } from '../faults.ts';
import { invalid, Refusal } from '../refusal.ts';
import { allAgain, cut, done, type Application, type Failure, type Verdict } from './application.ts';
import { backupOf, changed, type Backup } from './backup.ts';
import type { HeldRecord } from './batch.ts';
import type { KeptDestination } from './kept-destination.ts';
import { indexOf, type Rotation } from './search-index.ts';
import { wrongUrl, type IncomingAnswer, type OutgoingRequest, type Trouble } from './sender.ts';

const DEFAULTS = { sizeMib: 5, intervalS: 300 };
/** Source: the service model. */
const RETRY_S_DEFAULT = 300;
const ANSWER_MS = 180_000;
/** Of one request, and of what is said of so many documents (assumed; 10 MiB is what the small instances of AWS take). */
const REQUEST = { records: 10_000, bytes: 10 * 1_048_576 };
const ANSWER_BYTES_MAX = 32 * 1_048_576;
/** What stands before a document. */
const FRAME_BYTES = 128;
const MESSAGE_CHARACTERS_MAX = 8192;
const MALFORMED = 400;

/** How the troubles of sending are called (assumed). */
const troubles: Readonly<Record<Trouble, readonly [code: string, message: string]>> = {
  timeout: ['OS.ConnectionTimeout', 'The cluster did not answer within 3 minutes.'],
  'connection-failed': ['OS.ConnectionFailed', 'No connection to the cluster could be made.'],
  'connection-reset': ['OS.ConnectionReset', 'The connection to the cluster was reset or closed.'],
  tls: ['OS.SSLHandshakeFailure', 'The TLS handshake with the cluster failed.'],
  'answer-too-large': ['OS.ResponseTooLarge', 'The answer of the cluster is larger than 32 MiB.'],
};

/** Checks and fills in the configuration of an OpenSearch domain. */
export function openSearchDestination(
  configuration: OpenSearchConfiguration,
  faults: StreamFaults,
): KeptDestination | Refusal {
  const kept = clusterOf(configuration, 'AmazonOpenSearchService-failed', faults);
  if (kept instanceof Refusal) return kept;
  const { described, ...delivery } = kept;
  return {
    ...delivery,
    described: { AmazonopensearchserviceDestinationDescription: described },
    updates: ['AmazonopensearchserviceDestinationUpdate'],
    updated: ({ AmazonopensearchserviceDestinationUpdate: update = {} }, own) =>
      openSearchDestination(changed(configuration, update), own),
  };
}

/** The same of an Elasticsearch domain. */
export function elasticsearchDestination(
  configuration: OpenSearchConfiguration,
  faults: StreamFaults,
): KeptDestination | Refusal {
  const kept = clusterOf(configuration, 'elasticsearch-failed', faults);
  if (kept instanceof Refusal) return kept;
  const { described, ...delivery } = kept;
  return {
    ...delivery,
    described: { ElasticsearchDestinationDescription: described },
    updates: ['ElasticsearchDestinationUpdate'],
    updated: ({ ElasticsearchDestinationUpdate: update = {} }, own) =>
      elasticsearchDestination(changed(configuration, update), own),
  };
}

/** The same of a collection, which has no rotation and gives documents their ids itself (the latter assumed). */
export function serverlessDestination(
  configuration: ServerlessConfiguration,
  faults: StreamFaults,
): KeptDestination | Refusal {
  const { S3Configuration: _bucket, VpcConfiguration: vpc, CollectionEndpoint: url, ...rest } = configuration;
  const half = halfOf(configuration, url, vpc, faults);
  if (half instanceof Refusal) return half;
  const retryS = rest.RetryOptions?.DurationInSeconds ?? RETRY_S_DEFAULT;
  const index: Index = { url: half.url, name: rest.IndexName, rotation: 'NoRotation', type: '', ids: false };
  const application = searchApplication(index, 'AmazonOpenSearchService-failed', retryS * 1000);
  return {
    described: {
      AmazonOpenSearchServerlessDestinationDescription: {
        ...rest,
        CollectionEndpoint: half.url,
        ...half.filled(configuration, retryS),
      },
    },
    ...half.backup.delivery(application, rest.S3BackupMode === 'AllDocuments'),
    updates: ['AmazonOpenSearchServerlessDestinationUpdate'],
    updated: ({ AmazonOpenSearchServerlessDestinationUpdate: update = {} }, own) =>
      serverlessDestination(changed(configuration, update), own),
  };
}

function clusterOf(configuration: OpenSearchConfiguration, errorType: string, faults: StreamFaults) {
  const { S3Configuration: _bucket, VpcConfiguration: vpc, ClusterEndpoint: url, ...rest } = configuration;
  if (rest.DomainARN !== undefined)
    return invalid('DomainARN is not built in this reference yet: it knows no domains. Give the ClusterEndpoint.');
  const half = halfOf(configuration, url, vpc, faults);
  if (half instanceof Refusal) return half;
  const rotation = rest.IndexRotationPeriod ?? 'OneDay';
  const ids = rest.DocumentIdOptions ?? { DefaultDocumentIdFormat: 'FIREHOSE_DEFAULT' as const };
  const retryS = rest.RetryOptions?.DurationInSeconds ?? RETRY_S_DEFAULT;
  const index: Index = {
    url: half.url,
    name: rest.IndexName,
    rotation,
    type: rest.TypeName ?? '',
    ids: ids.DefaultDocumentIdFormat === 'FIREHOSE_DEFAULT',
  };
  const application = searchApplication(index, errorType, retryS * 1000);
  return {
    described: {
      ...rest,
      ClusterEndpoint: half.url,
      IndexRotationPeriod: rotation,
      DocumentIdOptions: ids,
      ...half.filled(configuration, retryS),
    },
    ...half.backup.delivery(application, rest.S3BackupMode === 'AllDocuments'),
  };
}

type Either = OpenSearchConfiguration | ServerlessConfiguration;

/** What the two kinds of configuration have in common. */
interface Half {
  readonly url: string;
  readonly backup: Backup;
  filled(configuration: Either, retryS: number): ReturnType<typeof filledIn>;
}

function halfOf(configuration: Either, url: string | undefined, vpc: unknown, faults: StreamFaults): Half | Refusal {
  if (vpc !== undefined) return invalid('VpcConfiguration is not built in this reference yet.');
  if (url === undefined) return invalid('An endpoint is needed for this destination.');
  const wrong = wrongUrl(url);
  if (wrong !== undefined) return invalid(`The endpoint: ${wrong}`);
  const backup = backupOf(configuration, DEFAULTS, faults);
  if (backup instanceof Refusal) return backup;
  return { url, backup, filled: (given, retryS) => filledIn(given, backup, retryS) };
}

function filledIn({ CloudWatchLoggingOptions: logging, S3BackupMode: mode }: Either, backup: Backup, retryS: number) {
  return {
    ...(backup.processing && { ProcessingConfiguration: backup.processing }),
    BufferingHints: backup.hints,
    CloudWatchLoggingOptions: logging ?? { Enabled: false },
    RetryOptions: { DurationInSeconds: retryS },
    S3BackupMode: mode ?? ('FailedDocumentsOnly' as const),
    S3DestinationDescription: backup.bucket,
  };
}

/** Where documents go. */
interface Index {
  readonly url: string;
  readonly name: string;
  readonly rotation: Rotation;
  /** Empty where documents have no types, as in all clusters of today. */
  readonly type: string;
  /** Whether documents get ids here: the same for all attempts at one. */
  readonly ids: boolean;
}

/** A record, and its line in the request. */
interface Document {
  readonly record: HeldRecord;
  readonly line: string;
}

function searchApplication(index: Index, errorType: string, retryMs: number): Application {
  const { name, rotation, type, ids } = index;
  const placeOf = ({ arrivalMs, id }: HeldRecord) => ({
    _index: indexOf(name, rotation, arrivalMs),
    ...(type !== '' && { _type: type }),
    ...(ids && { _id: id }),
  });
  const url = `${index.url.replace(/\/+$/, '')}/_bulk`;
  const requestOf = (documents: readonly Document[]): OutgoingRequest => {
    const lines = documents.map(({ record, line }) => `${JSON.stringify({ index: placeOf(record) })}\n${line}\n`);
    return {
      url,
      headers: { 'content-type': 'application/x-ndjson' },
      body: Buffer.from(lines.join('')),
      answerBytesMax: ANSWER_BYTES_MAX,
    };
  };
  return {
    errorType,
    retryMs,
    retryHasAttempts: true,
    pieces: (records) => cut(records, REQUEST, ({ data }) => data.length + FRAME_BYTES),
    async attempt(records, attempt) {
      const documents: Document[] = [];
      const never: Failure[] = [];
      for (const record of records) {
        const line = lineOf(record);
        if (line === undefined) never.push(malformed(record));
        else documents.push({ record, line });
      }
      if (documents.length === 0) return { again: [], never };
      const answer = await attempt.ask(requestOf(documents), ANSWER_MS);
      const whole = documents.map(({ record }) => record);
      const verdict = typeof answer === 'string' ? allAgain(whole, ...troubles[answer]) : verdictOn(answer, whole);
      return { again: verdict.again, never: [...never, ...verdict.never] };
    },
    particulars: (record) => ({
      ...(ids && { esDocumentId: record.id }),
      esIndexName: indexOf(name, rotation, record.arrivalMs),
      ...(type !== '' && { esTypeName: type }),
    }),
  };
}

/** A record as a line of the request; undefined where it is no object in JSON. Line feeds within it become spaces, and all else is as it came (assumed). */
function lineOf({ data }: HeldRecord): string | undefined {
  const text = Buffer.from(data).toString().trim();
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined;
    // No text of JSON holds one, and numbers are not read and written again: that would round them.
    return text.replaceAll(/[\r\n]/g, ' ');
  } catch {
    return undefined;
  }
}

function malformed(record: HeldRecord): Failure {
  const message = 'The record is not a single valid JSON object.';
  return { record, code: String(MALFORMED), message };
}

/** What became of each document; an answer that says nothing of one is none. */
function verdictOn({ status, body }: IncomingAnswer, records: readonly HeldRecord[]): Verdict {
  const text = Buffer.from(body).toString();
  if (status !== 200) return allAgain(records, String(status), text.slice(0, MESSAGE_CHARACTERS_MAX));
  const items = itemsIn(text);
  if (items?.length !== records.length)
    return allAgain(records, 'OS.InvalidResponse', `The answer is not that of a bulk request: ${text.slice(0, 1024)}`);
  const failures = records.flatMap((record, index): (Failure & { readonly final: boolean })[] => {
    const { status: own, error } = items[index]!;
    if (own >= 200 && own < 300) return [];
    return [{ record, code: String(own), message: JSON.stringify(error ?? null), final: own === MALFORMED }];
  });
  if (failures.length === 0) return done;
  return { again: failures.filter(({ final }) => !final), never: failures.filter(({ final }) => final) };
}

interface Item {
  readonly status: number;
  readonly error: unknown;
}

function itemsIn(text: string): Item[] | undefined {
  try {
    const { items }: { items?: unknown } = JSON.parse(text);
    return Array.isArray(items) ? items.map(itemOf) : undefined;
  } catch {
    return undefined;
  }
}

/** What is said of one document, under the action that it was sent with. */
function itemOf(item: { index?: { status?: unknown; error?: unknown } } | null): Item {
  const { status, error } = item?.index ?? {};
  return { status: typeof status === 'number' ? status : 0, error };
}
