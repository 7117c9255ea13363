/** Plain tables of the bench. */

/** A line: the first cell to the left, the others to the right. */
export function row(first: string, ...cells: readonly string[]): string {
  return first.padEnd(28) + cells.map((cell) => cell.padStart(24)).join('');
}

/** The middle value; the upper one of two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
