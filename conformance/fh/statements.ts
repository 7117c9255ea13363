/** Data Firehose. */
import type { Statement } from '../statement.ts';

export const fhStatements: readonly Statement[] = [];
