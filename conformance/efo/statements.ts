/** Enhanced fan-out. */
import type { Statement } from '../statement.ts';

export const efoStatements: readonly Statement[] = [];
