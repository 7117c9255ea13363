/** Several consumers. */
import type { Statement } from '../statement.ts';

export const mcStatements: readonly Statement[] = [];
