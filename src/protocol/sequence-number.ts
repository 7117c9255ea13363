/**
 * Orders two sequence numbers: decimal strings without leading zeros, so the longer one is greater and equal lengths
 * compare as text. No BigInt: this stands on the path of every record read. Clients may rely on nothing but this order
 * (source: the pattern of SequenceNumber in the service model).
 */
export function compareSequenceNumbers(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
