/** Iterators and reads. */
import { kinIt01 } from './kin-it-01.ts';
import { kinIt02 } from './kin-it-02.ts';
import { kinIt03 } from './kin-it-03.ts';
import { kinIt04 } from './kin-it-04.ts';
import type { Statement } from '../statement.ts';

export const itStatements: readonly Statement[] = [kinIt01, kinIt02, kinIt03, kinIt04];
