/** KIN-SEC-02: half an authentication is none, and the refusal says which half is missing. */
import { loose, statement } from '../statement.ts';
import { type Forgery, judgeForgeries, signedPut, told, tryAll, withHeaders } from './forgery.ts';

/** The parts of an authentication: the pattern that takes each out of the Authorization header, or its own header. */
const parts: Readonly<Record<string, RegExp | 'x-amz-date'>> = {
  Credential: /Credential=[^,]+, /,
  SignedHeaders: /SignedHeaders=[^,]+, /,
  Signature: /, Signature=.*$/,
  'X-Amz-Date': 'x-amz-date',
};

export const kinSec02 = statement({
  id: 'KIN-SEC-02',
  level: 'SHOULD',
  profile: 'security',
  evidence: ['emulator'],
  sentence: 'An authentication that lacks a part is refused with IncompleteSignatureException, which names the part.',
  source: 'Common errors, IncompleteSignature',
  fault: 'sec.lenient-header',
  needs: [],
  exercises: { 'good requests': 1, forgeries: 4 },
  check: async (context) => {
    const stream = await context.stream(1);
    const forgeries: (Forgery & { readonly part: string })[] = [];
    for (const [part, from] of Object.entries(parts)) {
      const whole = await signedPut(context, stream, `PutRecord whose authentication lacks ${part}`);
      const { authorization = '' } = whole.request.headers;
      const without =
        from === 'x-amz-date' ? { [from]: undefined } : { authorization: authorization.replace(from, '') };
      forgeries.push({ ...withHeaders(whole, without), part });
    }
    const tried = await tryAll(context, stream, forgeries);
    const finding = judgeForgeries(tried, ['IncompleteSignatureException', 'IncompleteSignature']);
    const silent = tried.find(({ message }, index) => !message.includes(forgeries[index]!.part));
    if (finding.outcome !== 'holds' || !silent) return finding;
    return loose(`${silent.what} was refused with ${told(silent)}, which does not name the part`);
  },
});
