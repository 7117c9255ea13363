/** Channels. */
import type { Statement } from '../statement.ts';
import { kinCh01 } from './kin-ch-01.ts';
import { kinCh02 } from './kin-ch-02.ts';
import { kinCh03 } from './kin-ch-03.ts';
import { kinCh04 } from './kin-ch-04.ts';
import { kinCh05 } from './kin-ch-05.ts';

export const chStatements: readonly Statement[] = [kinCh01, kinCh02, kinCh03, kinCh04, kinCh05];
