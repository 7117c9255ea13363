/** Data Firehose. */
import type { Statement } from '../statement.ts';
import { kinFh01 } from './kin-fh-01.ts';
import { kinFh02 } from './kin-fh-02.ts';
import { kinFh03 } from './kin-fh-03.ts';
import { kinFh04 } from './kin-fh-04.ts';
import { kinFh05 } from './kin-fh-05.ts';
import { kinFh06 } from './kin-fh-06.ts';
import { kinFh07 } from './kin-fh-07.ts';
import { kinFh08 } from './kin-fh-08.ts';
import { kinFh09 } from './kin-fh-09.ts';
import { kinFh10 } from './kin-fh-10.ts';
import { kinFh11 } from './kin-fh-11.ts';
import { kinFh12 } from './kin-fh-12.ts';
import { kinFh13 } from './kin-fh-13.ts';
import { kinFh14 } from './kin-fh-14.ts';
import { kinFh15 } from './kin-fh-15.ts';
import { kinFh16 } from './kin-fh-16.ts';
import { kinFh17 } from './kin-fh-17.ts';
import { kinFh18 } from './kin-fh-18.ts';

export const fhStatements: readonly Statement[] = [
  kinFh01,
  kinFh02,
  kinFh03,
  kinFh04,
  kinFh05,
  kinFh06,
  kinFh07,
  kinFh08,
  kinFh09,
  kinFh10,
  kinFh11,
  kinFh12,
  kinFh13,
  kinFh14,
  kinFh15,
  kinFh16,
  kinFh17,
  kinFh18,
];
