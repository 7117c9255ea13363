/** Policies of streams, as short as AWS takes them. */

/** A policy that allows an account these actions on a stream, and denies it those. */
export function allowing(
  Resource: string,
  accountId: string,
  allowed: readonly string[],
  denied: readonly string[] = [],
): string {
  const said = (Effect: 'Allow' | 'Deny', Action: readonly string[]) => ({
    Sid: Effect,
    Effect,
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action,
    Resource,
  });
  const Statement = [
    ...(allowed.length > 0 ? [said('Allow', allowed)] : []),
    ...(denied.length > 0 ? [said('Deny', denied)] : []),
  ];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}
