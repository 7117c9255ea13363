/** `paired(pollers - pushed)`: two fleets whose records are compared one by one. */
import type { MetricSyntax, Word } from './expectation-syntax.ts';
import type { ExpectationScope, Note } from './expectation.ts';
import { suggestion } from '../nearest.ts';
import { fleetsOf, type MetricPlan, pairName, type PairPlan } from './plan.ts';

/** The label of a pair; what cannot be compared is noted. */
export function readPair(
  { metric, pair, labels }: MetricSyntax,
  scope: Pick<ExpectationScope, 'fleets'>,
  note: Note,
): MetricPlan['labels'] {
  if (labels.length > 0) note('paired names its fleets itself', 'take the labels away', labels[0]!.name.at);
  if (!pair) {
    note('paired does not say which fleets', 'write paired(pollers - pushed)', metric.at + metric.text.length);
    return {};
  }
  const { minuend, subtrahend } = pair;
  const consumers = scope.fleets.filter(({ kind }) => kind === 'consume');
  const names = consumers.map(({ name }) => name);
  const of = ({ text, at }: Word) => {
    if (!names.includes(text)) note(`there is no consuming fleet "${text}"`, suggestion(text, names), at);
    return consumers.find(({ name }) => name === text);
  };
  const [first, second] = [of(minuend), of(subtrahend)];
  if (first && first === second) note(`${first.name} is compared with itself`, 'name another fleet', subtrahend.at);
  else if (first && second && first.stream !== second.stream)
    note(`${first.name} and ${second.name} read two streams`, 'pairs are made of the records of one', subtrahend.at);
  return { fleet: pairName({ minuend: minuend.text, subtrahend: subtrahend.text }) };
}

/** The pairs that these metrics speak of, each once. */
export function pairsOf(metrics: readonly MetricPlan[]): PairPlan[] {
  const pairs = new Map<string, PairPlan>();
  for (const { subject, labels } of metrics) {
    if (subject.kind !== 'latency' || subject.metric !== 'paired') continue;
    const [minuend, subtrahend] = fleetsOf(labels) as [string, string];
    pairs.set(labels.fleet!, { minuend, subtrahend });
  }
  return [...pairs.values()];
}
