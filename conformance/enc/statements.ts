/** Encryption. */
import { kinEnc01 } from './kin-enc-01.ts';
import { kinEnc02 } from './kin-enc-02.ts';
import { kinEnc03 } from './kin-enc-03.ts';
import type { Statement } from '../statement.ts';

export const encStatements: readonly Statement[] = [kinEnc01, kinEnc02, kinEnc03];
