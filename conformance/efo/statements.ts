/** Enhanced fan-out. */
import { kinEfo01 } from './kin-efo-01.ts';
import { kinEfo02 } from './kin-efo-02.ts';
import { kinEfo03 } from './kin-efo-03.ts';
import { kinEfo04 } from './kin-efo-04.ts';
import { kinEfo05 } from './kin-efo-05.ts';
import { kinEfo06 } from './kin-efo-06.ts';
import { kinEfo07 } from './kin-efo-07.ts';
import { kinEfo08 } from './kin-efo-08.ts';
import { kinEfo09 } from './kin-efo-09.ts';
import { kinEfo10 } from './kin-efo-10.ts';
import type { Statement } from '../statement.ts';

export const efoStatements: readonly Statement[] = [
  kinEfo01,
  kinEfo02,
  kinEfo03,
  kinEfo04,
  kinEfo05,
  kinEfo06,
  kinEfo07,
  kinEfo08,
  kinEfo09,
  kinEfo10,
];
