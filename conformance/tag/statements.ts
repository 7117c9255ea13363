/** Tags. */
import { kinTag01 } from './kin-tag-01.ts';
import { kinTag02 } from './kin-tag-02.ts';
import type { Statement } from '../statement.ts';

export const tagStatements: readonly Statement[] = [kinTag01, kinTag02];
