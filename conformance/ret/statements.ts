/** Retention. */
import { kinRet01 } from './kin-ret-01.ts';
import { kinRet10 } from './kin-ret-10.ts';
import type { Statement } from '../statement.ts';

export const retStatements: readonly Statement[] = [kinRet01, kinRet10];
