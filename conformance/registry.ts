/** Every statement there is, group by group. A file without an entry in its group's list fails a test: what is not listed is not run. */
import { listed, nearest } from '../src/nearest.ts';
import { OperatorError } from '../src/operator-error.ts';
import { apiStatements } from './api/statements.ts';
import { partStatements } from './part/statements.ts';
import { ordStatements } from './ord/statements.ts';
import { seqStatements } from './seq/statements.ts';
import { itStatements } from './it/statements.ts';
import { repStatements } from './rep/statements.ts';
import { retStatements } from './ret/statements.ts';
import { immStatements } from './imm/statements.ts';
import { thrStatements } from './thr/statements.ts';
import { prStatements } from './pr/statements.ts';
import { rsStatements } from './rs/statements.ts';
import { efoStatements } from './efo/statements.ts';
import { mcStatements } from './mc/statements.ts';
import { odStatements } from './od/statements.ts';
import { tagStatements } from './tag/statements.ts';
import { encStatements } from './enc/statements.ts';
import { polStatements } from './pol/statements.ts';
import { lrStatements } from './lr/statements.ts';
import { chStatements } from './ch/statements.ts';
import { fhStatements } from './fh/statements.ts';
import { secStatements } from './sec/statements.ts';
import type { Statement } from './statement.ts';

/** The groups in the order of the page, each with its title. */
export const groups: Readonly<Record<string, { readonly title: string; readonly statements: readonly Statement[] }>> = {
  API: { title: 'Streams, requests and answers', statements: apiStatements },
  PART: { title: 'Partition keys and hash ranges', statements: partStatements },
  ORD: { title: 'Order', statements: ordStatements },
  SEQ: { title: 'Sequence numbers', statements: seqStatements },
  IT: { title: 'Iterators and reads', statements: itStatements },
  REP: { title: 'Replay', statements: repStatements },
  RET: { title: 'Retention', statements: retStatements },
  IMM: { title: 'Immutability', statements: immStatements },
  THR: { title: 'Throughput limits', statements: thrStatements },
  PR: { title: 'PutRecords', statements: prStatements },
  RS: { title: 'Resharding', statements: rsStatements },
  EFO: { title: 'Enhanced fan-out', statements: efoStatements },
  MC: { title: 'Several consumers', statements: mcStatements },
  OD: { title: 'On-demand mode', statements: odStatements },
  TAG: { title: 'Tags', statements: tagStatements },
  ENC: { title: 'Encryption', statements: encStatements },
  POL: { title: 'Resource policies', statements: polStatements },
  LR: { title: 'Large records', statements: lrStatements },
  CH: { title: 'Channels', statements: chStatements },
  FH: { title: 'Data Firehose', statements: fhStatements },
  SEC: { title: 'Signatures and abuse', statements: secStatements },
};

export const statements: readonly Statement[] = Object.values(groups).flatMap((group) => group.statements);

/**
 * The statements that `only` names: by id (`KIN-ORD-02` or `ORD-02`) or by group (`ORD`); all of them for none. Throws
 * `statement-unknown` with every name that means nothing.
 */
export function selectStatements(only: readonly string[] = []): readonly Statement[] {
  const bare = (name: string) => name.toUpperCase().replace(/^KIN-/, '');
  const named = (name: string) => (id: string) => id === `KIN-${bare(name)}` || id.startsWith(`KIN-${bare(name)}-`);
  const unknown = only.filter((name) => !statements.some(({ id }) => named(name)(id)));
  if (unknown.length > 0) {
    const near = nearest(bare(unknown[0]!), [...statements.map(({ id }) => bare(id)), ...Object.keys(groups)]);
    throw new OperatorError(`no statement is called ${unknown.join(', ')}`, {
      code: 'statement-unknown',
      hint: near === undefined ? `the groups are ${listed(Object.keys(groups))}` : `did you mean ${near}?`,
    });
  }
  return only.length === 0 ? statements : statements.filter(({ id }) => only.some((name) => named(name)(id)));
}
