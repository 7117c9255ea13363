/** Large records. */
import { kinLr01 } from './kin-lr-01.ts';
import { kinLr02 } from './kin-lr-02.ts';
import { kinLr03 } from './kin-lr-03.ts';
import { kinLr04 } from './kin-lr-04.ts';
import type { Statement } from '../statement.ts';

export const lrStatements: readonly Statement[] = [kinLr01, kinLr02, kinLr03, kinLr04];
