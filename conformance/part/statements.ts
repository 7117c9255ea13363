/** Partition keys and hash ranges. */
import { kinPart01 } from './kin-part-01.ts';
import { kinPart02 } from './kin-part-02.ts';
import { kinPart04 } from './kin-part-04.ts';
import { kinPart05 } from './kin-part-05.ts';
import type { Statement } from '../statement.ts';

export const partStatements: readonly Statement[] = [kinPart01, kinPart02, kinPart04, kinPart05];
