/** Whether results are the parts of one run, all of them and each once: everything that speaks against it at once. */
import { OperatorError } from '../operator-error.ts';
import type { Result } from '../result.ts';

/** A result with the file it was read from, for messages. */
export interface Part {
  readonly file: string;
  readonly result: Result;
}

/** What all parts of one run have in common, besides the number of segments. */
const facts: readonly { readonly name: string; readonly of: (result: Result) => string }[] = [
  { name: 'plan hash', of: ({ scenario }) => scenario.planHash },
  { name: 'seed', of: ({ run }) => String(run.seed) },
  { name: 'run (plan, seed, segments and time to start at)', of: ({ run }) => run.id },
  { name: 'version of kinebench', of: ({ environment }) => environment.kinebench },
  { name: 'clock', of: ({ environment }) => environment.clock },
  {
    name: 'client',
    of: ({ client }) => `${client.name}, ${client.transport}, ${client.encoding}, attempts ${client.attempts}`,
  },
];

/** The parts in the order of their segments. Throws OperatorError `parts-refused`. */
export function checkParts(parts: readonly Part[]): readonly [Result, ...Result[]] {
  const faults = [...wholes(parts), ...differences(parts)];
  if (faults.length === 0) faults.push(...gaps(parts));
  const [first, ...rest] = parts
    .map(({ result }) => result)
    .toSorted((a, b) => (a.run.segment?.index ?? 0) - (b.run.segment?.index ?? 0));
  if (first && faults.length === 0) return [first, ...rest];
  throw new OperatorError(faults.length > 0 ? faults.join('\n') : 'there is nothing to merge', {
    code: 'parts-refused',
    hint: 'give the results of all segments of one run: kinebench run … --segment i/n --seed S --start-at TIME',
  });
}

function wholes(parts: readonly Part[]): string[] {
  return parts
    .filter(({ result }) => !result.run.segment)
    .map(({ file }) => `${file} is no segment: it is a whole run`);
}

function differences(parts: readonly Part[]): string[] {
  const [first, ...rest] = parts;
  if (!first) return [];
  const segments = { name: 'number of segments', of: ({ run }: Result) => String(run.segment?.of ?? 1) };
  return [segments, ...facts].flatMap(({ name, of }) =>
    rest
      .filter(({ result }) => of(result) !== of(first.result))
      .map(
        ({ file, result }) => `${file} has another ${name} than ${first.file}: ${of(result)}, not ${of(first.result)}`,
      ),
  );
}

/** Segments that are missing, and those that are there twice. */
function gaps(parts: readonly Part[]): string[] {
  const count = parts[0]?.result.run.segment?.of ?? 0;
  return Array.from({ length: count }, (_, at) => at + 1).flatMap((index) => {
    const own = parts.filter(({ result }) => result.run.segment?.index === index);
    if (own.length === 0) return [`segment ${index}/${count} is missing`];
    return own.length > 1
      ? [`segment ${index}/${count} is there ${own.length} times: ${own.map(({ file }) => file).join(', ')}`]
      : [];
  });
}
