/** Partition keys and hash ranges. */
import { kinPart01 } from './kin-part-01.ts';
import { kinPart02 } from './kin-part-02.ts';
import { kinPart03 } from './kin-part-03.ts';
import { kinPart04 } from './kin-part-04.ts';
import { kinPart05 } from './kin-part-05.ts';
import { kinPart06 } from './kin-part-06.ts';
import { kinPart07 } from './kin-part-07.ts';
import { kinPart08 } from './kin-part-08.ts';
import { kinPart09 } from './kin-part-09.ts';
import { kinPart10 } from './kin-part-10.ts';
import type { Statement } from '../statement.ts';

export const partStatements: readonly Statement[] = [
  kinPart01,
  kinPart02,
  kinPart03,
  kinPart04,
  kinPart05,
  kinPart06,
  kinPart07,
  kinPart08,
  kinPart09,
  kinPart10,
];
