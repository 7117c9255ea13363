/** Order. */
import { kinOrd01 } from './kin-ord-01.ts';
import { kinOrd02 } from './kin-ord-02.ts';
import { kinOrd03 } from './kin-ord-03.ts';
import { kinOrd04 } from './kin-ord-04.ts';
import { kinOrd05 } from './kin-ord-05.ts';
import { kinOrd06 } from './kin-ord-06.ts';
import { kinOrd07 } from './kin-ord-07.ts';
import { kinOrd08 } from './kin-ord-08.ts';
import { kinOrd09 } from './kin-ord-09.ts';
import { kinOrd10 } from './kin-ord-10.ts';
import { kinOrd11 } from './kin-ord-11.ts';
import { kinOrd12 } from './kin-ord-12.ts';
import type { Statement } from '../statement.ts';

export const ordStatements: readonly Statement[] = [
  kinOrd01,
  kinOrd02,
  kinOrd03,
  kinOrd04,
  kinOrd05,
  kinOrd06,
  kinOrd07,
  kinOrd08,
  kinOrd09,
  kinOrd10,
  kinOrd11,
  kinOrd12,
];
