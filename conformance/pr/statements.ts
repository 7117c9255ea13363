/** PutRecords. */
import { kinPr01 } from './kin-pr-01.ts';
import { kinPr02 } from './kin-pr-02.ts';
import { kinPr03 } from './kin-pr-03.ts';
import { kinPr04 } from './kin-pr-04.ts';
import { kinPr05 } from './kin-pr-05.ts';
import { kinPr06 } from './kin-pr-06.ts';
import { kinPr07 } from './kin-pr-07.ts';
import { kinPr08 } from './kin-pr-08.ts';
import { kinPr09 } from './kin-pr-09.ts';
import type { Statement } from '../statement.ts';

export const prStatements: readonly Statement[] = [
  kinPr01,
  kinPr02,
  kinPr03,
  kinPr04,
  kinPr05,
  kinPr06,
  kinPr07,
  kinPr08,
  kinPr09,
];
