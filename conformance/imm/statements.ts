/** Immutability. */
import { kinImm01 } from './kin-imm-01.ts';
import type { Statement } from '../statement.ts';

export const immStatements: readonly Statement[] = [kinImm01];
