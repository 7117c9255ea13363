/**
 * What the answer of a function says of each record that it got (source: the developer guide, the status model). An answer that is
 * no answer fails the whole batch; a record whose id is missing, or there twice, fails alone. That an unknown result fails the
 * batch, and data that are no base64 their record, was observed; texts are those of the guide.
 */
import type { StreamFaults } from '../faults.ts';
import type { LambdaResultRecord } from './lambda.ts';

/** A record that failed, and why. */
export interface Failed {
  readonly kind: 'failed';
  readonly code: string;
  readonly message: string;
}

/** What becomes of one record. */
export type Verdict =
  | { readonly kind: 'ok'; readonly data: Buffer; readonly partitionKeys: Readonly<Record<string, string>> }
  | { readonly kind: 'dropped' }
  | Failed;

const malformed: Failed = {
  kind: 'failed',
  code: 'Lambda.JsonProcessingException',
  message:
    'There was an error parsing returned records from the Lambda function. Ensure that the returned records follow the status model required by Amazon Data Firehose.',
};
const missing: Failed = {
  kind: 'failed',
  code: 'Lambda.MissingRecordId',
  message: 'One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids.',
};
const duplicated: Failed = {
  kind: 'failed',
  code: 'Lambda.DuplicatedRecordId',
  message:
    'Multiple records were returned with the same record ID. Ensure that the Lambda function returns unique record IDs for each record.',
};
const processingFailed: Failed = {
  kind: 'failed',
  code: 'Lambda.ProcessingFailedStatus',
  message: 'ProcessingFailed status set for record',
};
const unreadable: Failed = {
  kind: 'failed',
  code: 'Lambda.FunctionError',
  message: 'The data of the returned record are no base64.',
};

const ALIEN = /[^A-Za-z0-9+/]/;

/** The verdict on each record, in the order of their ids. */
export function verdictsOf(answer: string, ids: readonly string[], faults: StreamFaults): Verdict[] {
  const results = resultsIn(answer);
  if (!results) return ids.map(() => malformed);
  const byId = new Map<string, LambdaResultRecord>();
  const twice = new Set<string>();
  for (const result of results) {
    if (byId.has(result.recordId)) twice.add(result.recordId);
    byId.set(result.recordId, result);
  }
  return ids.map((id, index) => {
    if (twice.has(id)) return duplicated;
    const result = byId.get(id);
    if (result) return verdictOn(result);
    const inPlace = results[index];
    return inPlace && faults.fires('fh.recordid-unchecked') ? verdictOn(inPlace) : missing;
  });
}

function verdictOn({ result, data, metadata }: LambdaResultRecord): Verdict {
  if (result === 'Dropped') return { kind: 'dropped' };
  if (result === 'ProcessingFailed') return processingFailed;
  if (typeof data !== 'string' || !isBase64(data)) return unreadable;
  return { kind: 'ok', data: Buffer.from(data, 'base64'), partitionKeys: metadata?.partitionKeys ?? {} };
}

/** Whether it is base64. One expression for all of it would take more stack than there is for a text of megabytes. */
function isBase64(text: string): boolean {
  return text.length % 4 === 0 && !ALIEN.test(text.replace(/={1,2}$/, ''));
}

/** The records of an answer; undefined where it is none. */
function resultsIn(answer: string): LambdaResultRecord[] | undefined {
  let document: unknown;
  try {
    document = JSON.parse(answer);
  } catch {
    return undefined;
  }
  if (!isObject(document) || !Array.isArray(document['records'])) return undefined;
  const records: unknown[] = document['records'];
  return records.every(isResult) ? records : undefined;
}

function isResult(record: unknown): record is LambdaResultRecord {
  if (!isObject(record) || typeof record['recordId'] !== 'string') return false;
  const { result, data, metadata } = record;
  if (result !== 'Ok' && result !== 'Dropped' && result !== 'ProcessingFailed') return false;
  if (data !== undefined && data !== null && typeof data !== 'string') return false;
  if (metadata === undefined || metadata === null) return true;
  if (!isObject(metadata)) return false;
  const keys = metadata['partitionKeys'];
  return keys === undefined || (isObject(keys) && Object.values(keys).every((key) => typeof key === 'string'));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
