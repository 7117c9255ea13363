/** Streams, requests and answers. */
import type { Statement } from '../statement.ts';

export const apiStatements: readonly Statement[] = [];
