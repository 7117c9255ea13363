/** Resharding. */
import { kinRs01 } from './kin-rs-01.ts';
import { kinRs02 } from './kin-rs-02.ts';
import { kinRs03 } from './kin-rs-03.ts';
import { kinRs04 } from './kin-rs-04.ts';
import { kinRs05 } from './kin-rs-05.ts';
import { kinRs06 } from './kin-rs-06.ts';
import { kinRs07 } from './kin-rs-07.ts';
import { kinRs08 } from './kin-rs-08.ts';
import { kinRs09 } from './kin-rs-09.ts';
import { kinRs10 } from './kin-rs-10.ts';
import { kinRs11 } from './kin-rs-11.ts';
import { kinRs12 } from './kin-rs-12.ts';
import { kinRs13 } from './kin-rs-13.ts';
import type { Statement } from '../statement.ts';

export const rsStatements: readonly Statement[] = [
  kinRs01,
  kinRs02,
  kinRs03,
  kinRs04,
  kinRs05,
  kinRs06,
  kinRs07,
  kinRs08,
  kinRs09,
  kinRs10,
  kinRs11,
  kinRs12,
  kinRs13,
];
