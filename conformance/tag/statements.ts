/** Tags. */
import type { Statement } from '../statement.ts';

export const tagStatements: readonly Statement[] = [];
