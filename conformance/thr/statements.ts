/** Throughput limits. */
import { kinThr05 } from './kin-thr-05.ts';
import { kinThr07 } from './kin-thr-07.ts';
import type { Statement } from '../statement.ts';

export const thrStatements: readonly Statement[] = [kinThr05, kinThr07];
