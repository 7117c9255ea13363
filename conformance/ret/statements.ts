/** Retention. */
import { kinRet01 } from './kin-ret-01.ts';
import { kinRet02 } from './kin-ret-02.ts';
import { kinRet03 } from './kin-ret-03.ts';
import { kinRet04 } from './kin-ret-04.ts';
import { kinRet05 } from './kin-ret-05.ts';
import { kinRet06 } from './kin-ret-06.ts';
import { kinRet07 } from './kin-ret-07.ts';
import { kinRet08 } from './kin-ret-08.ts';
import { kinRet09 } from './kin-ret-09.ts';
import { kinRet10 } from './kin-ret-10.ts';
import type { Statement } from '../statement.ts';

export const retStatements: readonly Statement[] = [
  kinRet01,
  kinRet02,
  kinRet03,
  kinRet04,
  kinRet05,
  kinRet06,
  kinRet07,
  kinRet08,
  kinRet09,
  kinRet10,
];
