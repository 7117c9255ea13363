/** PutRecords. */
import type { Statement } from '../statement.ts';

export const prStatements: readonly Statement[] = [];
