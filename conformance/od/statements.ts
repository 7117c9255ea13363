/** On-demand mode. */
import type { Statement } from '../statement.ts';

export const odStatements: readonly Statement[] = [];
