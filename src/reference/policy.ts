/**
 * Resource policies: who from another account may do what with a stream or a consumer. Of the language of IAM the reference
 * reads Effect, Principal, Action and Resource with their wildcards, and the Not… forms of the last three in what is
 * denied. A statement that allows under a Condition, or with a Not… element, allows nothing here, and one that denies under a
 * Condition denies always (assumed: what is not understood grants nothing).
 */
import { z } from 'zod';

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

/** The accounts and users; services and identities of other kinds are nobody who calls from an account. */
const principals = z.union([
  z.literal('*').transform(() => ['*']),
  z
    .strictObject({
      AWS: texts.optional(),
      Service: texts.optional(),
      Federated: texts.optional(),
      CanonicalUser: texts.optional(),
    })
    .transform(({ AWS = [] }) => AWS),
]);

const statement = z
  .looseObject({
    Effect: z.enum(['Allow', 'Deny']),
    Principal: principals.optional(),
    NotPrincipal: principals.optional(),
    Action: texts.optional(),
    NotAction: texts.optional(),
    Resource: texts.optional(),
    NotResource: texts.optional(),
  })
  .refine((each) => (each.Principal === undefined) !== (each.NotPrincipal === undefined))
  .refine((each) => (each.Action === undefined) !== (each.NotAction === undefined))
  .refine((each) => each.Resource === undefined || each.NotResource === undefined);

const document = z.looseObject({
  Statement: z.union([statement, z.array(statement)]).transform((value) => [value].flat()),
});

type Statement = z.infer<typeof statement>;

/** A call from another account. */
export interface ForeignCall {
  readonly accountId: string;
  /** Such as `kinesis:PutRecord`. */
  readonly action: string;
  /** The ARN of the stream or consumer. */
  readonly resource: string;
}

/** A policy that could be read. */
export class Policy {
  /** As it was given. */
  readonly text: string;
  readonly #statements: readonly Statement[];

  private constructor(text: string, statements: readonly Statement[]) {
    this.text = text;
    this.#statements = statements;
  }

  /** Reads a policy; undefined when the text is none. */
  static read(text: string): Policy | undefined {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return undefined;
    }
    const statements = document.safeParse(value).data?.Statement;
    return statements && new Policy(text, statements);
  }

  /** Whether it lets another account do something: it is allowed, and nothing denies it. */
  allows(call: ForeignCall): boolean {
    const matching = this.#statements.filter((each) => concerns(each, call));
    if (matching.some(({ Effect }) => Effect === 'Deny')) return false;
    return matching.some(isUnderstood);
  }
}

/** Whether what a statement allows is all said in words that the reference reads. */
function isUnderstood(each: Statement): boolean {
  return ['Condition', 'NotPrincipal', 'NotAction', 'NotResource'].every((name) => !Object.hasOwn(each, name));
}

function concerns(each: Statement, { accountId, action, resource }: ForeignCall): boolean {
  const isCaller = (principal: string) =>
    principal === '*' || principal === accountId || principal.split(':')[4] === accountId;
  const isAction = (pattern: string) => fits(pattern.toLowerCase(), action.toLowerCase());
  const isResource = (pattern: string) => fits(pattern, resource);
  return (
    (each.Principal?.some(isCaller) ?? true) &&
    !each.NotPrincipal?.some(isCaller) &&
    (each.Action?.some(isAction) ?? true) &&
    !each.NotAction?.some(isAction) &&
    (each.Resource?.some(isResource) ?? true) &&
    !each.NotResource?.some(isResource)
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
