/** Replay. */
import { kinRep01 } from './kin-rep-01.ts';
import { kinRep02 } from './kin-rep-02.ts';
import { kinRep03 } from './kin-rep-03.ts';
import { kinRep04 } from './kin-rep-04.ts';
import type { Statement } from '../statement.ts';

export const repStatements: readonly Statement[] = [kinRep01, kinRep02, kinRep03, kinRep04];
