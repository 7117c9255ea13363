/** Streams, requests and answers. */
import type { Statement } from '../statement.ts';
import { kinApi01 } from './kin-api-01.ts';
import { kinApi02 } from './kin-api-02.ts';
import { kinApi03 } from './kin-api-03.ts';
import { kinApi04 } from './kin-api-04.ts';
import { kinApi05 } from './kin-api-05.ts';
import { kinApi06 } from './kin-api-06.ts';
import { kinApi07 } from './kin-api-07.ts';
import { kinApi08 } from './kin-api-08.ts';
import { kinApi09 } from './kin-api-09.ts';
import { kinApi10 } from './kin-api-10.ts';
import { kinApi11 } from './kin-api-11.ts';
import { kinApi12 } from './kin-api-12.ts';
import { kinApi13 } from './kin-api-13.ts';
import { kinApi14 } from './kin-api-14.ts';
import { kinApi15 } from './kin-api-15.ts';
import { kinApi16 } from './kin-api-16.ts';
import { kinApi17 } from './kin-api-17.ts';
import { kinApi18 } from './kin-api-18.ts';
import { kinApi19 } from './kin-api-19.ts';

export const apiStatements: readonly Statement[] = [
  kinApi01,
  kinApi02,
  kinApi03,
  kinApi04,
  kinApi05,
  kinApi06,
  kinApi07,
  kinApi08,
  kinApi09,
  kinApi10,
  kinApi11,
  kinApi12,
  kinApi13,
  kinApi14,
  kinApi15,
  kinApi16,
  kinApi17,
  kinApi18,
  kinApi19,
];
