/** Sequence numbers. */
import { kinSeq01 } from './kin-seq-01.ts';
import { kinSeq02 } from './kin-seq-02.ts';
import { kinSeq03 } from './kin-seq-03.ts';
import { kinSeq04 } from './kin-seq-04.ts';
import { kinSeq05 } from './kin-seq-05.ts';
import { kinSeq06 } from './kin-seq-06.ts';
import type { Statement } from '../statement.ts';

export const seqStatements: readonly Statement[] = [kinSeq01, kinSeq02, kinSeq03, kinSeq04, kinSeq05, kinSeq06];
