/** What the body of an error says, as bytes: clients forgive much of what is wrong in it. */

/** The members of a JSON body; undefined where it is no structure. */
export function membersIn(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The error's type, without the namespace that some write in front of it. */
export function typeIn(body: Buffer): string | undefined {
  const type = membersIn(body)?.['__type'];
  return typeof type === 'string' ? type.split('#').at(-1) : undefined;
}
