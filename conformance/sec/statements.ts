/** Signatures and abuse. */
import type { Statement } from '../statement.ts';
import { kinSec06 } from './kin-sec-06.ts';

export const secStatements: readonly Statement[] = [kinSec06];
