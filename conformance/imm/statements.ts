/** Immutability. */
import { kinImm01 } from './kin-imm-01.ts';
import { kinImm02 } from './kin-imm-02.ts';
import { kinImm03 } from './kin-imm-03.ts';
import { kinImm04 } from './kin-imm-04.ts';
import { kinImm05 } from './kin-imm-05.ts';
import { kinImm06 } from './kin-imm-06.ts';
import { kinImm07 } from './kin-imm-07.ts';
import type { Statement } from '../statement.ts';

export const immStatements: readonly Statement[] = [
  kinImm01,
  kinImm02,
  kinImm03,
  kinImm04,
  kinImm05,
  kinImm06,
  kinImm07,
];
