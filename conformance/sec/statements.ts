/** Signatures and abuse. */
import type { Statement } from '../statement.ts';
import { kinSec01 } from './kin-sec-01.ts';
import { kinSec02 } from './kin-sec-02.ts';
import { kinSec03 } from './kin-sec-03.ts';
import { kinSec04 } from './kin-sec-04.ts';
import { kinSec05 } from './kin-sec-05.ts';
import { kinSec06 } from './kin-sec-06.ts';
import { kinSec07 } from './kin-sec-07.ts';
import { kinSec08 } from './kin-sec-08.ts';
import { kinSec09 } from './kin-sec-09.ts';
import { kinSec10 } from './kin-sec-10.ts';
import { kinSec11 } from './kin-sec-11.ts';
import { kinSec12 } from './kin-sec-12.ts';

export const secStatements: readonly Statement[] = [
  kinSec01,
  kinSec02,
  kinSec03,
  kinSec04,
  kinSec05,
  kinSec06,
  kinSec07,
  kinSec08,
  kinSec09,
  kinSec10,
  kinSec11,
  kinSec12,
];
