/**
 * Resource policies: who from another account may do what with a stream or a consumer. Of the language of IAM the reference
 * reads Effect, Principal, Action and Resource with their wildcards; a statement with a Condition or a Not… element allows
 * nothing here (assumed: what is not understood grants nothing).
 */
import { z } from 'zod';

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const statement = z.looseObject({
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([
    z.literal('*').transform(() => ['*']),
    z.looseObject({ AWS: texts }).transform(({ AWS }) => AWS),
  ]),
  Action: texts,
  Resource: texts.optional(),
});

const policy = z.looseObject({
  Statement: z.union([statement, z.array(statement)]).transform((value) => [value].flat()),
});

type Statement = z.infer<typeof statement>;

/** Whether a text is a policy that can be read. */
export function isPolicy(text: string): boolean {
  return statementsOf(text) !== undefined;
}

/** A call from another account. */
export interface ForeignCall {
  readonly accountId: string;
  /** Such as `kinesis:PutRecord`. */
  readonly action: string;
  /** The ARN of the stream or consumer. */
  readonly resource: string;
}

/** Whether a policy lets another account do something: it is allowed, and nothing denies it. */
export function allows(text: string | undefined, call: ForeignCall): boolean {
  const matching = (text === undefined ? [] : (statementsOf(text) ?? [])).filter((each) => concerns(each, call));
  if (matching.some(({ Effect }) => Effect === 'Deny')) return false;
  return matching.some((each) => !('Condition' in each));
}

function statementsOf(text: string): Statement[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return policy.safeParse(value).data?.Statement;
}

function concerns({ Principal, Action, Resource = ['*'] }: Statement, call: ForeignCall): boolean {
  const known = (principal: string) =>
    principal === '*' || principal === call.accountId || principal.split(':')[4] === call.accountId;
  return (
    Principal.some(known) &&
    Action.some((pattern) => fits(pattern.toLowerCase(), call.action.toLowerCase())) &&
    Resource.some((pattern) => fits(pattern, call.resource))
  );
}

/**
 * Whether a text fits a pattern of `*` and `?`. What follows a star is tried at one place after the other, and only the last
 * star is ever tried again: time in proportion to both lengths, where a regular expression with twenty stars takes years.
 */
function fits(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let tried = 0;
  for (let read = 0; read < text.length;) {
    if (at < pattern.length && pattern[at] === '*') {
      star = at;
      tried = read;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[read])) {
      at += 1;
      read += 1;
    } else if (star >= 0) {
      at = star + 1;
      tried += 1;
      read = tried;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
