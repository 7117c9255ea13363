/** Order. */
import { kinOrd02 } from './kin-ord-02.ts';
import { kinOrd05 } from './kin-ord-05.ts';
import { kinOrd09 } from './kin-ord-09.ts';
import type { Statement } from '../statement.ts';

export const ordStatements: readonly Statement[] = [kinOrd02, kinOrd05, kinOrd09];
