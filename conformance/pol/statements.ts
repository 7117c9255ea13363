/** Resource policies. */
import type { Statement } from '../statement.ts';

export const polStatements: readonly Statement[] = [];
