/**
 * Takes keys out of what is stored: results travel into CI logs and issues. Taken out are the keys of the run where they are
 * secrets (what is too short to be one, such as the `kinebench` of endpoints that check none, is a word like any other), and
 * whatever looks like a signature or a session token.
 */
import type { Judgement } from '../src/conformance-result.ts';
import type { Credentials } from '../src/target/target.ts';

/** Real keys of AWS have 20 and 40 characters. */
const SECRET_CHARACTERS_MIN = 16;

const looksSecret = /(Signature=|x-amz-security-token["']?[:=]\s*["']?)[\w%+/=.-]{16,}/gi;

/** A judgement without keys. */
export function redacted(judgement: Judgement, credentials: Credentials | undefined): Judgement {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials ?? {};
  const secrets = [accessKeyId, secretAccessKey, sessionToken].filter(
    (key) => key !== undefined && key.length >= SECRET_CHARACTERS_MIN,
  );
  const clean = (text: string) =>
    secrets
      .reduce<string>((left, secret) => left.replaceAll(secret!, '[key]'), text)
      .replaceAll(looksSecret, '$1[key]');
  return {
    ...judgement,
    message: clean(judgement.message),
    exchanges: judgement.exchanges.map(({ operation, sent, came }) => ({
      operation,
      sent: clean(sent),
      came: clean(came),
    })),
  };
}
