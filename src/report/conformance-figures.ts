/** The two figures of a conformance result as rows, for every form of the report: in all, by level, by group. */
import { type ConformanceResult, type Figures, figuresBy, groupOf, levels } from '../conformance-result.ts';

export interface FigureRow {
  /** `MUST`, or `ORD: Order`. */
  readonly name: string;
  /** `3 of 20, 2 of them known`. */
  readonly divergence: string;
  /** `20 of 24`. */
  readonly coverage: string;
  readonly figures: Figures;
}

/** The levels that have statements, MUST first. */
export function levelRows(result: ConformanceResult): readonly FigureRow[] {
  const parts = figuresBy(result.judgements, ({ level }) => level);
  return levels.flatMap((level) => rowOf(level, parts.get(level)));
}

/** The groups that have statements, in the order of the catalogue. */
export function groupRows(result: ConformanceResult): readonly FigureRow[] {
  const parts = figuresBy(result.judgements, ({ id }) => groupOf(id));
  return Object.entries(result.groups).flatMap(([name, title]) => rowOf(`${name}: ${title}`, parts.get(name)));
}

/** All of them. */
export function totalRow({ divergence, coverage }: ConformanceResult): FigureRow {
  return rowOf('all', { divergence, coverage })[0]!;
}

function rowOf(name: string, figures: Figures | undefined): FigureRow[] {
  if (figures === undefined) return [];
  const { divergence, coverage } = figures;
  const known = divergence.known === 0 ? '' : `, ${divergence.known} of them known`;
  return [
    {
      name,
      divergence: `${divergence.broken} of ${divergence.judged}${known}`,
      coverage: `${coverage.judged} of ${coverage.applicable}`,
      figures,
    },
  ];
}
