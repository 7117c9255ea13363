/** Large records. */
import type { Statement } from '../statement.ts';

export const lrStatements: readonly Statement[] = [];
