/** Encryption. */
import type { Statement } from '../statement.ts';

export const encStatements: readonly Statement[] = [];
