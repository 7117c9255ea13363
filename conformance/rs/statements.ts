/** Resharding. */
import type { Statement } from '../statement.ts';

export const rsStatements: readonly Statement[] = [];
