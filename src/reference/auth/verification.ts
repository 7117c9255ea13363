/**
 * Whether a complete claim is true: its scope, its time, its key, its token and last its signature. The texts of the clock
 * and of a wrong signature were observed of Kinesis, that of a wrong service too; the other texts are those of other AWS
 * services, and the order of these checks is assumed.
 *
 * No message ever holds a secret, a token, a canonical request or the signature that would have been right. A body is held
 * against its own hash always: that Kinesis takes no `UNSIGNED-PAYLOAD` is assumed.
 */
import { hash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { EndpointRequest } from '../endpoint.ts';
import { Refusal } from '../refusal.ts';
import type { Caller } from '../arrival.ts';
import type { AccessKey } from './access-key.ts';
import type { Home } from './authentication.ts';
import { type CanonicalHeads, distinctHeaders, headerOf, type QueryParameter } from './canonical-request.ts';
import { isRegion, TERMINATOR, type Claim } from './claim.ts';
import { sameText, SigningKey } from './signature.ts';
import { readSigningTime, refuseSkew, type SigningTime } from './signing-time.ts';

/** A claim with what follows from it alone, whichever request it comes with. */
export interface Known {
  readonly claim: Claim;
  readonly caller: Caller;
  /** Undefined for a key that the endpoint does not know. */
  readonly key: AccessKey | undefined;
  signingKey: SigningKey | undefined;
  readonly heads: CanonicalHeads;
}

/** A complete claim with the rest of what one request says about its signature. */
export interface Attempt {
  readonly known: Known;
  readonly signature: string;
  readonly date: string;
  readonly token: string | undefined;
  /** How long a presigned address is good, in seconds. */
  readonly expires: string | undefined;
  readonly query: readonly QueryParameter[];
}

/** What claims are held against. */
export interface VerificationOptions extends Home {
  readonly skewMs: number;
  readonly regions: readonly string[] | undefined;
  readonly signingClock: Pick<Clock, 'now'> | undefined;
}

/** A presigned address is good for a week at most (source: AWS General Reference). */
const EXPIRES_S_MAX = 604_800;

/** Verifies claims; one whose signature was made with the secret of its key is not refused. */
export class Verification {
  readonly #options: VerificationOptions;
  #lastDate = '';
  #lastTime: SigningTime | undefined;

  constructor(options: VerificationOptions) {
    this.#options = options;
  }

  /** Why the claim is not true of the request; undefined when it is. */
  refuse(attempt: Attempt, request: EndpointRequest, nowMs: number): Refusal | undefined {
    const { faults } = this.#options;
    const { claim, key } = attempt.known;
    const time = this.#time(attempt.date);
    if (!time) {
      const help = 'See http://en.wikipedia.org/wiki/ISO_8601';
      return incomplete(`Date must be in ISO-8601 'basic format'. Got '${attempt.date}'. ${help}`);
    }
    const misscoped = this.#refuseScope(claim, time);
    if (misscoped && !faults.has('sec.scope-ignored')) return misscoped;
    const untimely = refuseUnbound(claim, request) ?? this.#refuseTime(attempt, time, nowMs);
    if (untimely) return untimely;
    if (!key) return faults.fires('sec.any-key') ? undefined : invalidToken();
    return this.#refuseToken(attempt, key, nowMs) ?? this.#refuseSignature(attempt, key, request, time, misscoped);
  }

  /** Reads a date; that of the last request is most often that of this one. */
  #time(date: string): SigningTime | undefined {
    if (this.#lastDate !== date) {
      this.#lastDate = date;
      this.#lastTime = readSigningTime(date);
    }
    return this.#lastTime;
  }

  #refuseScope({ credential, scope }: Claim, { stamp }: SigningTime): Refusal | undefined {
    const { service, regions } = this.#options;
    if (!scope) {
      const form = 'e.g. keyid/date/region/service/term';
      return incomplete(`Credential must have exactly 5 slash-delimited elements, ${form}, got '${credential}'`);
    }
    if (scope.terminator !== TERMINATOR) {
      return invalid(
        `Credential should be scoped with a valid terminator: '${TERMINATOR}', not '${scope.terminator}'. `,
      );
    }
    if (scope.service !== service) return invalid(`Credential should be scoped to correct service: '${service}'. `);
    if (!isRegion(scope.region) || regions?.includes(scope.region) === false) {
      return invalid(`Credential should be scoped to a valid region, not '${scope.region}'. `);
    }
    if (stamp.startsWith(scope.day) && scope.day.length === 8) return undefined;
    const told = `'${scope.day}' != '${stamp.slice(0, 8)}', from '${stamp}'`;
    return invalid(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ${told}.`,
    );
  }

  #refuseTime({ expires }: Attempt, time: SigningTime, nowMs: number): Refusal | undefined {
    const { skewMs, signingClock, faults } = this.#options;
    const seconds = expires === undefined ? skewMs / 1000 : Number(expires);
    if (expires !== undefined && !(/^\d+$/.test(expires) && seconds <= EXPIRES_S_MAX)) {
      return invalid(`X-Amz-Expires must be a number of seconds not greater than ${EXPIRES_S_MAX}.`);
    }
    const untimely = refuseSkew(time, signingClock?.now() ?? nowMs, seconds * 1000, skewMs);
    return untimely && !faults.fires('sec.no-skew-check') ? untimely : undefined;
  }

  #refuseToken({ token }: Attempt, key: AccessKey, nowMs: number): Refusal | undefined {
    const { sessionToken } = key;
    const same =
      token === undefined || sessionToken === undefined ? token === sessionToken : sameText(token, sessionToken);
    if (!same) return invalidToken();
    if (key.expiresMs === undefined || nowMs < key.expiresMs) return undefined;
    if (this.#options.faults.fires('sec.token-immortal')) return undefined;
    return new Refusal('ExpiredTokenException', 'The security token included in the request is expired');
  }

  #refuseSignature(
    attempt: Attempt,
    key: AccessKey,
    request: EndpointRequest,
    { stamp }: SigningTime,
    misscoped: Refusal | undefined,
  ): Refusal | undefined {
    const { faults, service, caller } = this.#options;
    const { known } = attempt;
    const { scope } = known.claim;
    if (scope) {
      known.signingKey ??= new SigningKey(key.secretAccessKey, scope);
      const proven =
        this.#proves(attempt, request, known.signingKey, stamp) ||
        (request.rawHeaders !== undefined &&
          this.#proves(attempt, distinct(request, request.rawHeaders), known.signingKey, stamp));
      if (proven && (!misscoped || faults.fires('sec.scope-ignored'))) return undefined;
    }
    if (faults.has('sec.scope-ignored')) {
      const own = { day: stamp.slice(0, 8), region: caller.region, service, terminator: TERMINATOR };
      const proven = this.#proves(attempt, request, new SigningKey(key.secretAccessKey, own), stamp);
      if (proven && faults.fires('sec.scope-ignored')) return undefined;
    }
    if (misscoped) return misscoped;
    if (faults.fires('sec.shape-only')) return undefined;
    return mismatch(faults.fires('sec.leak-canonical') ? this.#canonical(attempt, request) : undefined);
  }

  #proves(attempt: Attempt, request: EndpointRequest, key: SigningKey, stamp: string): boolean {
    const payloadHash = this.#payloadHash(request);
    const head = attempt.known.heads.of(request, attempt.query);
    if (payloadHash === undefined || head === undefined) return false;
    return sameText(key.sign(stamp, head, payloadHash), attempt.signature);
  }

  /** Undefined where the request names another body than it has. */
  #payloadHash({ headers, body }: EndpointRequest): string | undefined {
    const own = hash('sha256', body, 'hex');
    const told = headerOf(headers, 'x-amz-content-sha256');
    if (told === undefined || told === own) return own;
    return this.#options.faults.fires('sec.payload-unsigned') ? told : undefined;
  }

  #canonical({ known, query }: Attempt, request: EndpointRequest): string | undefined {
    const head = known.heads.of(request, query);
    return head && `${head}${this.#payloadHash(request)}`;
  }
}

function distinct(request: EndpointRequest, rawHeaders: readonly string[]): EndpointRequest {
  return { ...request, headers: distinctHeaders(request.headers, rawHeaders) };
}

/** The host and the operation have to be signed (source: AWS General Reference; the second text is assumed). */
function refuseUnbound({ headerNames }: Claim, { headers }: EndpointRequest): Refusal | undefined {
  if (!headerNames.includes('host') && !headerNames.includes(':authority')) {
    return invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  if (headers['x-amz-target'] === undefined || headerNames.includes('x-amz-target')) return undefined;
  return invalid("'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.");
}

/** Text observed; `leaked` is what a fault adds to it, as the older query services of AWS do. */
function mismatch(leaked: string | undefined): Refusal {
  const text =
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
  if (leaked === undefined) return invalid(text);
  return invalid(`${text}\n\nThe Canonical String for this request should have been\n'${leaked}'\n`);
}

function invalidToken(): Refusal {
  return new Refusal('UnrecognizedClientException', 'The security token included in the request is invalid.');
}

function invalid(message: string): Refusal {
  return new Refusal('InvalidSignatureException', message);
}

function incomplete(message: string): Refusal {
  return new Refusal('IncompleteSignatureException', message);
}
