/**
 * What a request says about its signature, in the Authorization header or in the query of a presigned address, and what
 * is said when a part of it is missing. Everything before the signature itself repeats from call to call, so a caller can
 * remember a claim by the text it was read from.
 */
import { Refusal } from '../refusal.ts';
import type { QueryParameter, SignedHeaders } from './canonical-request.ts';

/** The algorithm of Signature Version 4; the reference knows no other. */
export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** How every credential scope ends. */
export const TERMINATOR = 'aws4_request';

/** The credential scope: what a signing key is derived for. */
export interface Scope {
  /** YYYYMMDD. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
}

/** Who claims to have signed, for what and which headers. An empty string is a part that is missing. */
export interface Claim extends SignedHeaders {
  readonly algorithm: string;
  /** As written: key id and scope. */
  readonly credential: string;
  readonly accessKeyId: string;
  /** Undefined where the credential has not five elements. */
  readonly scope: Scope | undefined;
}

/** A claim with the signature that is to prove it. */
export interface SignedClaim {
  readonly claim: Claim;
  readonly signature: string;
}

/** Whether a text could name a region. */
export function isRegion(text: string): boolean {
  return /^[a-z0-9-]{1,32}$/.test(text);
}

function claimOf(algorithm: string, credential: string, signedHeaders: string): Claim {
  const elements = credential.split('/');
  const [accessKeyId = '', day = '', region = '', service = '', terminator = ''] = elements;
  return {
    algorithm,
    credential,
    accessKeyId,
    scope: elements.length === 5 ? { day, region, service, terminator } : undefined,
    signedHeaders,
    headerNames: signedHeaders.split(';'),
  };
}

const SIGNATURE = 'Signature=';

/** Where in an Authorization header the signature begins, if it is the last part, as every SDK has it; else -1. */
export function signatureAt(header: string): number {
  const at = header.lastIndexOf(SIGNATURE);
  if (at < 1 || (header[at - 1] !== ' ' && header[at - 1] !== ',')) return -1;
  const from = at + SIGNATURE.length;
  return header.includes(',', from) || header.includes(' ', from) ? -1 : from;
}

/** Reads an Authorization header; blanks and commas part its parameters, and what is no parameter is passed over (observed). */
export function readAuthorization(header: string): SignedClaim {
  const [algorithm = '', ...parts] = header.split(/[ ,]+/);
  const value = (name: string) => parts.findLast((part) => part.startsWith(name))?.slice(name.length) ?? '';
  const claim = claimOf(algorithm, value('Credential='), value('SignedHeaders='));
  return { claim, signature: value(SIGNATURE) };
}

/** Reads the query of a presigned address. */
export function readQuery(query: readonly QueryParameter[]): SignedClaim {
  return {
    claim: claimOf(
      parameter(query, 'X-Amz-Algorithm') ?? '',
      parameter(query, 'X-Amz-Credential') ?? '',
      parameter(query, 'X-Amz-SignedHeaders') ?? '',
    ),
    signature: parameter(query, 'X-Amz-Signature') ?? '',
  };
}

/** The value of a parameter. */
export function parameter(query: readonly QueryParameter[], name: string): string | undefined {
  return query.find((candidate) => candidate.name === name)?.value;
}

/** The refusal of an Authorization header with parts missing, each of them listed (texts observed); undefined for a whole one. */
export function refuseIncompleteHeader(
  { claim, signature }: SignedClaim,
  date: string | undefined,
  header: string,
): Refusal | undefined {
  if (claim.credential && signature && claim.signedHeaders && date) return refuseAlgorithm(claim);
  const missing = [];
  if (!claim.credential) missing.push("Authorization header requires 'Credential' parameter.");
  if (!signature) missing.push("Authorization header requires 'Signature' parameter.");
  if (!claim.signedHeaders) missing.push("Authorization header requires 'SignedHeaders' parameter.");
  if (!date) missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  return new Refusal('IncompleteSignatureException', `${missing.join(' ')} Authorization=${header}`);
}

/** The refusal of a presigned address with parts missing, each of them listed (texts observed); undefined for a whole one. */
export function refuseIncompleteQuery(
  { claim, signature }: SignedClaim,
  date: string | undefined,
): Refusal | undefined {
  const parts = {
    'X-Amz-Algorithm': claim.algorithm,
    'X-Amz-Credential': claim.credential,
    'X-Amz-Signature': signature,
    'X-Amz-SignedHeaders': claim.signedHeaders,
    'X-Amz-Date': date,
  };
  const missing = Object.entries(parts).filter(([, value]) => !value);
  if (missing.length === 0) return refuseAlgorithm(claim);
  const texts = missing.map(([name]) => `AWS query-string parameters must include '${name}'.`);
  return new Refusal('IncompleteSignatureException', `${texts.join(' ')} Re-examine the query-string parameters.`);
}

/** Text assumed. */
function refuseAlgorithm({ algorithm }: Claim): Refusal | undefined {
  if (algorithm === ALGORITHM) return undefined;
  return new Refusal('IncompleteSignatureException', `Unsupported AWS 'algorithm': '${algorithm}'.`);
}
