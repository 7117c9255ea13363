/** Sequence numbers. */
import type { Statement } from '../statement.ts';

export const seqStatements: readonly Statement[] = [];
