/**
 * Who makes a request: Signature Version 4 as Kinesis was seen to check it, in one of three modes. `form` takes any key and
 * any signature and asks only that nothing is missing; `verify` knows its keys and computes every signature again; `off`
 * looks at nothing. What is said of a missing part, of both forms at once and of no form at all was observed, and their order.
 *
 * Everything in an Authorization header but its signature repeats from call to call, so what follows from it is remembered.
 */
import type { Clock } from '../../clock.ts';
import type { Caller } from '../arrival.ts';
import type { EndpointRequest } from '../endpoint.ts';
import type { Faults } from '../faults.ts';
import { Refusal } from '../refusal.ts';
import { isAccountId, keyring, type AccessKey } from './access-key.ts';
import { CanonicalHeads, headerOf, queryOf, type QueryParameter } from './canonical-request.ts';
import {
  isRegion,
  parameter,
  readAuthorization,
  readQuery,
  refuseIncompleteHeader,
  refuseIncompleteQuery,
  signatureAt,
  type Claim,
} from './claim.ts';
import { Verification, type Attempt, type Known } from './verification.ts';

/** How requests are authenticated; everything has a default. */
export interface AuthenticationOptions {
  /** `form` by default. */
  readonly auth?: 'form' | 'verify' | 'off' | undefined;
  /** The keys that `verify` knows; `kinebench` with the secret `kinebench` by default. */
  readonly keys?: readonly AccessKey[] | undefined;
  /**
   * How far a signature may lie before and after the clock, in ms; 5 minutes by default, as Kinesis was observed to do
   * (the general pages of AWS say 15).
   */
  readonly clockSkewMs?: number | undefined;
  /**
   * What signatures are dated by; the endpoint's clock by default. Clients of another process sign by the machine's clock, so on
   * a virtual clock theirs could never be good.
   */
  readonly signingClock?: Pick<Clock, 'now'> | undefined;
  /** The regions whose credential scope `verify` takes; any by default, each with streams of its own. */
  readonly regions?: readonly string[] | undefined;
}

/** The endpoint as its authentication sees it: whose a request is that names nobody, and what the service is called in a scope. */
export interface Home {
  readonly caller: Caller;
  readonly service: string;
  readonly faults: Faults;
}

const CLOCK_SKEW_MS = 5 * 60_000;
/** Callers are few; whoever makes up a new credential for each request only empties the memory of them. */
const REMEMBERED_MAX = 1024;

/** Names the callers of one endpoint. */
export class Authentication {
  readonly #mode: 'form' | 'verify' | 'off';
  readonly #keys: ReadonlyMap<string, AccessKey>;
  readonly #home: Home;
  readonly #verification: Verification;
  readonly #known = new Map<string, Known>();

  /** Throws an OperatorError for keys that no request could be signed with. */
  constructor(options: AuthenticationOptions, home: Home) {
    this.#mode = options.auth ?? 'form';
    this.#keys = keyring(options.keys);
    this.#home = home;
    this.#verification = new Verification({
      ...home,
      skewMs: options.clockSkewMs ?? CLOCK_SKEW_MS,
      regions: options.regions,
      signingClock: options.signingClock,
    });
  }

  /** The caller of a request that arrives at `nowMs`, or why it is turned away. */
  admit(request: EndpointRequest, nowMs: number): Caller | Refusal {
    const { caller, faults } = this.#home;
    if (this.#mode === 'off') return caller;
    const header = headerOf(request.headers, 'authorization');
    const query = queryOf(request.path);
    const presigned = query.length > 0 && parameter(query, 'X-Amz-Algorithm') !== undefined;
    if (!header && !presigned) {
      if (faults.fires('sec.anonymous-ok')) return caller;
      return new Refusal('MissingAuthenticationTokenException', 'Missing Authentication Token');
    }
    if (header && presigned && !faults.fires('sec.both-ok')) {
      return new Refusal(
        'InvalidSignatureException',
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
      );
    }
    const attempt = header ? this.#readHeader(header, request, query) : this.#readPresigned(query, request);
    if (attempt instanceof Refusal) return faults.fires('sec.lenient-header') ? caller : attempt;
    if (this.#mode === 'form') return attempt.known.caller;
    return this.#verification.refuse(attempt, request, nowMs) ?? attempt.known.caller;
  }

  #readHeader(header: string, { headers }: EndpointRequest, query: readonly QueryParameter[]): Attempt | Refusal {
    const date = headerOf(headers, 'x-amz-date') ?? headerOf(headers, 'date') ?? '';
    const at = signatureAt(header);
    const before = at < 0 ? header : header.slice(0, at);
    let known = at < 0 ? undefined : this.#known.get(before);
    let signature = header.slice(at);
    if (!known || signature === '' || date === '') {
      const read = readAuthorization(header);
      const incomplete = refuseIncompleteHeader(read, date, header);
      if (incomplete) return incomplete;
      signature = read.signature;
      known = this.#know(read.claim);
      if (at >= 0) this.#remember(before, known);
    }
    return { known, signature, date, token: headerOf(headers, 'x-amz-security-token'), expires: undefined, query };
  }

  #readPresigned(query: readonly QueryParameter[], { headers }: EndpointRequest): Attempt | Refusal {
    const { claim, signature } = readQuery(query);
    const date = parameter(query, 'X-Amz-Date') ?? '';
    const incomplete = refuseIncompleteQuery({ claim, signature }, date);
    if (incomplete) return incomplete;
    const token = parameter(query, 'X-Amz-Security-Token') ?? headerOf(headers, 'x-amz-security-token');
    return { known: this.#know(claim), signature, date, token, expires: parameter(query, 'X-Amz-Expires'), query };
  }

  #remember(text: string, known: Known): void {
    if (this.#known.size >= REMEMBERED_MAX) this.#known.clear();
    this.#known.set(text, known);
  }

  /** In `form` mode a key id of twelve digits is the account itself, as local emulators have it; others are at home. */
  #know(claim: Claim): Known {
    const { accountId, region } = this.#home.caller;
    const key = this.#mode === 'verify' ? this.#keys.get(claim.accessKeyId) : undefined;
    const named = this.#mode === 'form' && isAccountId(claim.accessKeyId) ? claim.accessKeyId : key?.accountId;
    const scoped = claim.scope && isRegion(claim.scope.region) ? claim.scope.region : undefined;
    return {
      claim,
      caller: { accountId: named ?? accountId, region: scoped ?? region },
      key,
      signingKey: undefined,
      heads: new CanonicalHeads(claim),
    };
  }
}
