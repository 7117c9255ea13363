/** Several consumers. */
import { kinMc01 } from './kin-mc-01.ts';
import { kinMc02 } from './kin-mc-02.ts';
import { kinMc03 } from './kin-mc-03.ts';
import { kinMc04 } from './kin-mc-04.ts';
import type { Statement } from '../statement.ts';

export const mcStatements: readonly Statement[] = [kinMc01, kinMc02, kinMc03, kinMc04];
