/** "Did you mean", as the language says it; the words are those of every file that a user writes. */
export { isWord, listed, nearest, suggestion } from '../nearest.ts';
