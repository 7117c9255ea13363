/** Throughput limits. */
import { kinThr01 } from './kin-thr-01.ts';
import { kinThr02 } from './kin-thr-02.ts';
import { kinThr03 } from './kin-thr-03.ts';
import { kinThr04 } from './kin-thr-04.ts';
import { kinThr05 } from './kin-thr-05.ts';
import { kinThr06 } from './kin-thr-06.ts';
import { kinThr07 } from './kin-thr-07.ts';
import { kinThr08 } from './kin-thr-08.ts';
import { kinThr09 } from './kin-thr-09.ts';
import type { Statement } from '../statement.ts';

export const thrStatements: readonly Statement[] = [
  kinThr01,
  kinThr02,
  kinThr03,
  kinThr04,
  kinThr05,
  kinThr06,
  kinThr07,
  kinThr08,
  kinThr09,
];
