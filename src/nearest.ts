/**
 * "Did you mean": the valid word nearest to one that is not. Distance counts insertions, deletions, substitutions and
 * swapped neighbours; a word further off than a third of its length is no typo. Then it may be part of one valid word alone
 * (`secret` of `secretAccessKey`), or go on where one ends (`output`, `out`); else all valid words are listed.
 */

/** The nearest of `words`, or undefined when none is near enough to be what was meant. */
export function nearest<T extends string>(word: string, words: readonly T[]): T | undefined {
  const reach = Math.max(1, Math.floor(word.length / 3));
  const ranked = words
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter((entry) => entry.distance <= reach)
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate ?? soleHolder(word, words) ?? soleBeginning(word, words);
}

/** The one word that a shorter one is part of. */
function soleHolder<T extends string>(word: string, words: readonly T[]): T | undefined {
  if (word.length < 4) return undefined;
  const holders = words.filter((candidate) => candidate.toLowerCase().includes(word.toLowerCase()));
  return holders.length === 1 ? holders[0] : undefined;
}

/** The one word that a longer one begins with. */
function soleBeginning<T extends string>(word: string, words: readonly T[]): T | undefined {
  const beginnings = words.filter((valid) => valid.length > 2 && word.toLowerCase().startsWith(valid.toLowerCase()));
  return beginnings.length === 1 ? beginnings[0] : undefined;
}

/** The way out for an unknown word: the nearest valid one, else all of them. */
export function suggestion(word: string, words: readonly string[]): string {
  const near = nearest(word, words);
  if (near !== undefined) return `did you mean ${near}?`;
  if (words.length === 0) return 'there is none to choose';
  return words.length === 1 ? `it can only be ${words[0]}` : `it can be ${listed(words)}`;
}

/** Whether a word is one of the valid ones. */
export function isWord<T extends string>(word: unknown, words: readonly T[]): word is T {
  return words.some((valid) => valid === word);
}

/** `a, b or c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Edits between two words. */
export function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) best = Math.min(best, beforeLast[column - 2]! + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}
