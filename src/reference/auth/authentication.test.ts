/**
 * The reference's reading of Signature Version 4 against the one of the AWS SDK: what that signs is accepted, and whatever
 * is changed on the way is refused. Time is given by hand.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Random } from '../../random.ts';
import type { EndpointRequest } from '../endpoint.ts';
import { Faults } from '../faults.ts';
import { Refusal } from '../refusal.ts';
import { Authentication, type AuthenticationOptions } from './authentication.ts';
import { plain, sdkRequest, signedAtMs as now, temporary, withHeaders, type SdkCall } from './sdk-request.test-data.ts';

const MINUTE = 60_000;
const home = { caller: { accountId: '000000000000', region: 'us-east-1' }, service: 'kinesis', faults: new Faults() };

function verifier(options: AuthenticationOptions = {}): Authentication {
  return new Authentication({ auth: 'verify', keys: [plain, temporary], ...options }, home);
}

/** The error of a request, or whose it is. */
function told(request: EndpointRequest, nowMs = now, authentication = verifier()): string {
  const answer = authentication.admit(request, nowMs);
  return answer instanceof Refusal ? `${answer.name}: ${answer.message}` : `${answer.accountId} in ${answer.region}`;
}

const wrong =
  'InvalidSignatureException: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

const calls: Record<string, SdkCall> = {
  'over HTTP/1.1': {},
  'over HTTP/2': { host: ':authority' },
  'without x-amz-content-sha256': { applyChecksum: false },
  'with a session token': { key: temporary },
  'with an odd path': { path: '/a%20b/./c/../%C3%A4~!*/%2F//' },
  'with an odd query': { query: { b: ['2', '1'], a: '', 'ä &=+': "%20+/*'()", 'X-A': 'x' } },
  'with headers of every kind': { headers: { accept: '*/*', 'amz-sdk-request': 'attempt=1; max=3', range: 'a,  b,c' } },
  'with an empty body': { body: Buffer.alloc(0) },
};

describe('what the AWS SDK signs is accepted', () => {
  const accounts = { [plain.accessKeyId]: '111111111111', [temporary.accessKeyId]: '000000000000' };
  const accepted = ({ key = plain }: SdkCall) => `${accounts[key.accessKeyId]} in eu-west-1`;

  test.each(Object.entries(calls))('%s', async (_name, call) => {
    expect(told(await sdkRequest(call))).toBe(accepted(call));
  });

  test.each(Object.entries(calls))('presigned, %s', async (_name, call) => {
    expect(told(await sdkRequest({ ...call, expiresIn: 900 }))).toBe(accepted(call));
  });

  test('and again, by what was remembered, and by the key of the next day', async () => {
    const authentication = verifier();
    for (const atMs of [now, now + 1000, now + 24 * 60 * MINUTE]) {
      expect(told(await sdkRequest({ atMs }), atMs, authentication)).toBe('111111111111 in eu-west-1');
    }
  });

  test('HTTP/2 may carry as :authority what was signed as host, and HTTP/1.1 the other way', async () => {
    for (const host of ['host', ':authority'] as const) {
      const { [host]: name, ...headers } = (await sdkRequest({ host })).headers;
      const other = host === 'host' ? ':authority' : 'host';
      expect(told({ ...(await sdkRequest({ host })), headers: { ...headers, [other]: name } })).toContain(
        'in eu-west-1',
      );
    }
  });

  test('with a Date header in the place of X-Amz-Date', async () => {
    const request = withHeaders(await sdkRequest(), { 'x-amz-date': undefined, date: 'Mon, 23 Nov 2026 09:25:07 GMT' });
    // The signature covers x-amz-date, which is gone; but the date itself is read.
    expect(told(request)).toBe(wrong);
    expect(told(withHeaders(request, { date: 'yesterday' }))).toContain("Got 'yesterday'");
  });
});

describe('what was changed after signing is refused', () => {
  test.each([undefined, 900])('any byte of it, presigned for %s s: seed 7', async (expiresIn) => {
    const random = new Random(7);
    const authentication = verifier();
    for (const key of [plain, temporary]) {
      const request = await sdkRequest({ key, query: { extra: 'a b' }, ...(expiresIn && { expiresIn }) });
      for (let step = 0; step < 1500; step += 1) {
        const changed = mutate(request, random);
        if (!changed) continue;
        expect(authentication.admit(changed.request, now), changed.what).toBeInstanceOf(Refusal);
      }
      expect(authentication.admit(request, now)).not.toBeInstanceOf(Refusal);
    }
  });

  test('a secret that differs in one bit', async () => {
    const secretAccessKey = plain.secretAccessKey.replace('s', 'r');
    expect(told(await sdkRequest({ key: { ...plain, secretAccessKey } }))).toBe(wrong);
  });

  test('another body under its own hash, and a body said not to be signed', async () => {
    const request = await sdkRequest();
    const body = Buffer.from('{"StreamName":"b"}');
    const digest = createHash('sha256').update(body).digest('hex');
    expect(told({ ...request, body })).toBe(wrong);
    expect(told(withHeaders({ ...request, body }, { 'x-amz-content-sha256': digest }))).toBe(wrong);
    expect(told(await sdkRequest({ headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }))).toBe(wrong);
  });

  test('a hash of another body, even where it is not signed', async () => {
    const request = await sdkRequest({ applyChecksum: false });
    expect(told(withHeaders(request, { 'x-amz-content-sha256': '0'.repeat(64) }))).toBe(wrong);
  });

  test('a signed header that is gone', async () => {
    expect(told(withHeaders(await sdkRequest(), { 'content-type': undefined }))).toBe(wrong);
  });
});

/** The request with one byte replaced in a part that is signed, and by no byte that means the same there. */
function mutate(request: EndpointRequest, random: Random): { request: EndpointRequest; what: string } | undefined {
  const authorization = request.headers['authorization'];
  const signed = /SignedHeaders=([^,&]+)/
    .exec(String(authorization ?? decodeURIComponent(request.path)))![1]!
    .split(';');
  const names = [...signed, ...(authorization ? ['authorization', 'authorization'] : [])];
  const where = random.below(3);
  if (where === 0) {
    const body = Buffer.from(request.body);
    const at = random.below(body.length);
    body[at]! ^= 1 << random.below(8);
    return { request: { ...request, body }, what: `byte ${at} of the body` };
  }
  const name = where === 1 ? ':path' : names[random.below(names.length)]!;
  const text = where === 1 ? request.path : String(request.headers[name]);
  const at = random.below(text.length);
  const character = String.fromCharCode(33 + random.below(94));
  const separators = name === 'authorization' ? ', ' : '?&#';
  const hexadecimal = where === 1 && (text[at - 1] === '%' || text[at - 2] === '%');
  if (character === text[at] || separators.includes(character) || separators.includes(text[at]!) || hexadecimal)
    return undefined;
  const changed = `${text.slice(0, at)}${character}${text.slice(at + 1)}`;
  return {
    request: where === 1 ? { ...request, path: changed } : withHeaders(request, { [name]: changed }),
    what: `${name}: ${changed}`,
  };
}

describe('what is said of', () => {
  test('no authentication', async () => {
    const request = withHeaders(await sdkRequest(), { authorization: undefined });
    expect(told(request)).toBe('MissingAuthenticationTokenException: Missing Authentication Token');
    expect(told(withHeaders(request, { authorization: '' }))).toContain('MissingAuthenticationTokenException');
  });

  test('header and query at once', async () => {
    const request = await sdkRequest();
    expect(told({ ...request, path: '/?X-Amz-Algorithm=AWS4-HMAC-SHA256' })).toBe(
      "InvalidSignatureException: Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    );
  });

  test('another algorithm', async () => {
    const request = await sdkRequest();
    const authorization = String(request.headers['authorization']).replace('HMAC', 'ECDSA-P256');
    expect(told(withHeaders(request, { authorization }))).toBe(
      "IncompleteSignatureException: Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.",
    );
  });

  test.each([
    [{ service: 'firehose' }, "InvalidSignatureException: Credential should be scoped to correct service: 'kinesis'. "],
    [
      { region: 'us-east-9' },
      "InvalidSignatureException: Credential should be scoped to a valid region, not 'us-east-9'. ",
    ],
    [
      { key: { ...plain, accessKeyId: 'AKIDNOBODY' } },
      'UnrecognizedClientException: The security token included in the request is invalid.',
    ],
    [
      { key: { ...plain, sessionToken: 'x' } },
      'UnrecognizedClientException: The security token included in the request is invalid.',
    ],
    [
      { key: { ...temporary, sessionToken: 'x' } },
      'UnrecognizedClientException: The security token included in the request is invalid.',
    ],
  ] as [SdkCall, string][])('the scope or key %j', async (call, text) => {
    expect(told(await sdkRequest(call), now, verifier({ regions: ['us-east-1', 'eu-west-1'] }))).toBe(text);
  });

  test.each([
    [
      '/20261123/',
      '/20261122/',
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261122' != '20261123', from '20261123T092507Z'.",
    ],
    [
      '/20261123/',
      '/2026/',
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '2026' != '20261123', from '20261123T092507Z'.",
    ],
    [
      'aws4_request',
      'aws5_request',
      "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. ",
    ],
    ['/eu-west-1/', '/us-east-1/', wrong.replace('InvalidSignatureException: ', '')],
    [
      '/eu-west-1/',
      '/',
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIDPLAIN/20261123/kinesis/aws4_request'",
    ],
    ['host;', '', "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."],
    [';x-amz-target', '', "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization."],
  ])('%s written as %s', async (from, to, text) => {
    const request = await sdkRequest();
    const authorization = String(request.headers['authorization']).replace(from, to);
    expect(told(withHeaders(request, { authorization }))).toContain(`Exception: ${text}`);
  });

  test('a date that is none', async () => {
    expect(told(withHeaders(await sdkRequest(), { 'x-amz-date': '20261323T092507Z' }))).toBe(
      "IncompleteSignatureException: Date must be in ISO-8601 'basic format'. Got '20261323T092507Z'. See http://en.wikipedia.org/wiki/ISO_8601",
    );
  });

  test('a presigned address for longer than a week', async () => {
    const request = await sdkRequest({ expiresIn: 604_800 });
    expect(told(request)).toBe('111111111111 in eu-west-1');
    const path = request.path.replace('Expires=604800', 'Expires=604801');
    expect(told({ ...request, path })).toBe(
      'InvalidSignatureException: X-Amz-Expires must be a number of seconds not greater than 604800.',
    );
  });
});

describe('the clock', () => {
  test('five minutes each way, to the second', async () => {
    const request = await sdkRequest();
    expect(told(request, now + 299_000)).toContain('in eu-west-1');
    expect(told(request, now + 300_999)).toContain('in eu-west-1');
    expect(told(request, now + 301_000)).toBe(
      'InvalidSignatureException: Signature expired: 20261123T092507Z is now earlier than 20261123T092508Z (20261123T093008Z - 5 min.)',
    );
    expect(told(request, now - 299_000)).toContain('in eu-west-1');
    expect(told(request, now - 300_000)).toContain('in eu-west-1');
    expect(told(request, now - 301_000)).toBe(
      'InvalidSignatureException: Signature not yet current: 20261123T092507Z is still later than 20261123T092506Z (20261123T092006Z + 5 min.)',
    );
  });

  test('or as it is set', async () => {
    const authentication = verifier({ clockSkewMs: 15 * MINUTE });
    expect(told(await sdkRequest(), now + 14 * MINUTE, authentication)).toContain('in eu-west-1');
    expect(told(await sdkRequest(), now + 16 * MINUTE, authentication)).toContain('- 15 min.)');
  });

  test('a presigned address is good for as long as it says', async () => {
    const request = await sdkRequest({ expiresIn: 3600 });
    expect(told(request, now + 60 * MINUTE)).toContain('in eu-west-1');
    expect(told(request, now + 60 * MINUTE + 1000)).toContain('Signature expired');
    expect(told(request, now - 6 * MINUTE)).toContain('Signature not yet current');
  });

  test('a session token ends at its time', async () => {
    const atMs = now + 60 * MINUTE;
    expect(told(await sdkRequest({ key: temporary, atMs }), atMs - 1)).toContain('in eu-west-1');
    expect(told(await sdkRequest({ key: temporary, atMs }), atMs)).toBe(
      'ExpiredTokenException: The security token included in the request is expired',
    );
  });
});

describe('what is remembered', () => {
  test.each([',Other=1', ', MySignature=0', ' '])('changes nothing when %j follows the signature', async (more) => {
    const authentication = verifier();
    const request = await sdkRequest();
    const longer = withHeaders(request, { authorization: `${String(request.headers['authorization'])}${more}` });
    for (const asked of [longer, longer, request]) {
      expect(told(asked, now, authentication)).toBe('111111111111 in eu-west-1');
    }
  });

  test('does not suffer from credentials made up by the thousand', async () => {
    const authentication = verifier();
    const request = await sdkRequest();
    for (let index = 0; index < 3000; index += 1) {
      const credential = `k${index}/20261123/eu-west-1/kinesis/aws4_request`;
      const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-target, Signature=0`;
      expect(told(withHeaders(request, { authorization }), now, authentication)).toContain(
        'UnrecognizedClientException',
      );
    }
    expect(told(request, now, authentication)).toBe('111111111111 in eu-west-1');
  });
});

test('without keys given, kinebench with the secret kinebench', async () => {
  const key = { accessKeyId: 'kinebench', secretAccessKey: 'kinebench' };
  const authentication = new Authentication({ auth: 'verify' }, home);
  expect(told(await sdkRequest({ key }), now, authentication)).toBe('000000000000 in eu-west-1');
});

test('with sec.scope-ignored, a scope may be written as another than it was signed for', async () => {
  const request = await sdkRequest({ region: home.caller.region });
  const authorization = String(request.headers['authorization']).replace('/us-east-1/', '/eu-west-1/');
  const faults = new Faults(['sec.scope-ignored']);
  const careless = new Authentication({ auth: 'verify', keys: [plain] }, { ...home, faults });
  expect(told(withHeaders(request, { authorization }))).toBe(wrong);
  expect(told(withHeaders(request, { authorization }), now, careless)).toBe('111111111111 in eu-west-1');
  expect(told(request, now, careless)).toBe('111111111111 in us-east-1');
  expect(faults.activations()).toEqual({ 'sec.scope-ignored': 1 });
});

test('no message holds a secret, a token, or what would have been right', async () => {
  const random = new Random(11);
  const messages = new Set<string>();
  for (const key of [plain, temporary]) {
    const good = await sdkRequest({ key });
    const forged = await sdkRequest({ key: { ...key, secretAccessKey: 'forged' } });
    const signature = String(good.headers['authorization']).split('Signature=')[1]!;
    const secrets = [key.secretAccessKey, 'token/with+signs', 'x-amz-user-agent:', 'POST\n', signature];
    for (let step = 0; step < 500; step += 1) {
      const message = told(mutate(forged, random)?.request ?? forged);
      expect(secrets.filter((secret) => message.includes(secret))).toEqual([]);
      messages.add(message);
    }
  }
  expect(messages.size).toBeGreaterThan(20);
});
