/** Every statement there is. A file without an entry here fails a test: what is not listed is not run. */
import { kinImm01 } from './imm/kin-imm-01.ts';
import { kinIt01 } from './it/kin-it-01.ts';
import { kinIt02 } from './it/kin-it-02.ts';
import { kinIt03 } from './it/kin-it-03.ts';
import { kinIt04 } from './it/kin-it-04.ts';
import { kinOrd02 } from './ord/kin-ord-02.ts';
import { kinOrd05 } from './ord/kin-ord-05.ts';
import { kinOrd09 } from './ord/kin-ord-09.ts';
import { kinPart01 } from './part/kin-part-01.ts';
import { kinPart02 } from './part/kin-part-02.ts';
import { kinPart04 } from './part/kin-part-04.ts';
import { kinPart05 } from './part/kin-part-05.ts';
import { kinRet01 } from './ret/kin-ret-01.ts';
import { kinRet10 } from './ret/kin-ret-10.ts';
import { OperatorError } from '../src/operator-error.ts';
import type { Statement } from './statement.ts';
import { kinThr05 } from './thr/kin-thr-05.ts';
import { kinThr07 } from './thr/kin-thr-07.ts';

export const statements: readonly Statement[] = [
  kinPart01,
  kinPart02,
  kinPart04,
  kinPart05,
  kinOrd02,
  kinOrd05,
  kinOrd09,
  kinIt01,
  kinIt02,
  kinIt03,
  kinIt04,
  kinRet01,
  kinRet10,
  kinImm01,
  kinThr05,
  kinThr07,
];

/**
 * The statements that `only` names: by id (`KIN-ORD-02` or `ORD-02`) or by group (`ORD`); all of them for none. Throws
 * `statement-unknown` with every name that means nothing.
 */
export function selectStatements(only: readonly string[] = []): readonly Statement[] {
  const named = (name: string) => (id: string) => {
    const full = `KIN-${name.toUpperCase().replace(/^KIN-/, '')}`;
    return id === full || id.startsWith(`${full}-`);
  };
  const unknown = only.filter((name) => !statements.some(({ id }) => named(name)(id)));
  if (unknown.length > 0) {
    throw new OperatorError(`no statement is called ${unknown.join(', ')}`, {
      code: 'statement-unknown',
      hint: `there are ${statements.map(({ id }) => id).join(', ')}`,
    });
  }
  return only.length === 0 ? statements : statements.filter(({ id }) => only.some((name) => named(name)(id)));
}
