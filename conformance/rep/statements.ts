/** Replay. */
import type { Statement } from '../statement.ts';

export const repStatements: readonly Statement[] = [];
