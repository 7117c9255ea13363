/** Iterators and reads. */
import { kinIt01 } from './kin-it-01.ts';
import { kinIt02 } from './kin-it-02.ts';
import { kinIt03 } from './kin-it-03.ts';
import { kinIt04 } from './kin-it-04.ts';
import { kinIt05 } from './kin-it-05.ts';
import { kinIt06 } from './kin-it-06.ts';
import { kinIt07 } from './kin-it-07.ts';
import { kinIt08 } from './kin-it-08.ts';
import { kinIt09 } from './kin-it-09.ts';
import { kinIt10 } from './kin-it-10.ts';
import { kinIt11 } from './kin-it-11.ts';
import { kinIt12 } from './kin-it-12.ts';
import { kinIt13 } from './kin-it-13.ts';
import { kinIt14 } from './kin-it-14.ts';
import { kinIt15 } from './kin-it-15.ts';
import { kinIt16 } from './kin-it-16.ts';
import type { Statement } from '../statement.ts';

export const itStatements: readonly Statement[] = [
  kinIt01,
  kinIt02,
  kinIt03,
  kinIt04,
  kinIt05,
  kinIt06,
  kinIt07,
  kinIt08,
  kinIt09,
  kinIt10,
  kinIt11,
  kinIt12,
  kinIt13,
  kinIt14,
  kinIt15,
  kinIt16,
];
