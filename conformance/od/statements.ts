/** On-demand mode. */
import { kinOd01 } from './kin-od-01.ts';
import { kinOd02 } from './kin-od-02.ts';
import { kinOd03 } from './kin-od-03.ts';
import { kinOd04 } from './kin-od-04.ts';
import { kinOd05 } from './kin-od-05.ts';
import type { Statement } from '../statement.ts';

export const odStatements: readonly Statement[] = [kinOd01, kinOd02, kinOd03, kinOd04, kinOd05];
