/** Resource policies. */
import { kinPol01 } from './kin-pol-01.ts';
import { kinPol02 } from './kin-pol-02.ts';
import type { Statement } from '../statement.ts';

export const polStatements: readonly Statement[] = [kinPol01, kinPol02];
