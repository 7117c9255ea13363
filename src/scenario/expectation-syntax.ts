/**
 * The grammar of one expectation, words with their places and nothing about their meaning:
 *
 *     metric ['(' fleet - fleet ')'] [.statistic] [{label=value, …}] [over phase [ '[' from .. to ']' ]] comparator value [± tolerance]
 */
import { TextFault } from './text-fault.ts';

/** A word and where it begins. */
export interface Word {
  readonly text: string;
  readonly at: number;
}

/** What is measured: everything before the comparator. */
export interface MetricSyntax {
  readonly metric: Word;
  readonly pair: { readonly minuend: Word; readonly subtrahend: Word } | null;
  readonly stat: Word | null;
  readonly labels: readonly { readonly name: Word; readonly value: Word }[];
  readonly over: { readonly phase: Word; readonly from: Word | null; readonly to: Word | null } | null;
}

export interface ExpectationSyntax extends MetricSyntax {
  readonly comparator: Word;
  readonly value: Word;
  readonly tolerance: Word | null;
}

const example = 'such as accepted.rate{fleet=writers} over steady[20s..] = 1000 records/s ± 5%';

/** Splits an expectation into its words. Throws TextFault at the first place where the grammar does not hold. */
export function parseExpectationSyntax(text: string): ExpectationSyntax {
  const scan = new Scanner(text);
  const metric = parseMetric(scan);
  const comparator = scan.expect(/[<>=≤≥!~]+/y, 'a comparator', 'one of <, <=, >, >=, =');
  const value = scan.expect(/[^±+]+/y, 'a value', example);
  const sign = scan.take(/±|\+-|\+\/-/y);
  const tolerance = sign ? scan.expect(/[^±+]+/y, 'a tolerance', 'such as ± 5%') : null;
  scan.end();
  return { ...metric, comparator, value, tolerance };
}

/** Splits a metric, an expectation without its comparison, into its words. Throws TextFault. */
export function parseMetricSyntax(text: string): MetricSyntax {
  const scan = new Scanner(text);
  const metric = parseMetric(scan);
  scan.end();
  return metric;
}

function parseMetric(scan: Scanner): MetricSyntax {
  const metric = scan.expect(/[A-Za-z][A-Za-z-]*/y, 'a metric', example);
  const pair = parsePair(scan);
  const stat = scan.take(/\./y)
    ? scan.expect(/[A-Za-z0-9.]+(?:-[a-z]+)*/y, 'a statistic', 'such as .p99 or .rate')
    : null;
  return { metric, pair, stat, labels: parseLabels(scan), over: parseWindow(scan) };
}

function parsePair(scan: Scanner): MetricSyntax['pair'] {
  if (!scan.take(/\(/y)) return null;
  const way = 'such as paired(pollers - pushed)';
  const minuend = scan.expect(/[A-Za-z][A-Za-z0-9-]*/y, 'a fleet', way);
  // Names may hold a minus: without spaces the whole is one name.
  scan.expect(/-/y, 'a minus', 'with spaces around it, such as paired(pollers - pushed)');
  const subtrahend = scan.expect(/[A-Za-z][A-Za-z0-9-]*/y, 'a fleet', way);
  scan.expect(/\)/y, 'a closing )', way);
  return { minuend, subtrahend };
}

function parseLabels(scan: Scanner): MetricSyntax['labels'] {
  const labels: { name: Word; value: Word }[] = [];
  if (!scan.take(/\{/y)) return labels;
  do {
    const name = scan.expect(/[A-Za-z][A-Za-z-]*/y, 'a label', 'fleet=… or shard=…');
    scan.expect(/=/y, 'a = after the label', 'such as {fleet=writers}');
    labels.push({ name, value: scan.expect(/[A-Za-z0-9_.-]+/y, 'a value of the label', 'such as {fleet=writers}') });
  } while (scan.take(/,/y));
  scan.expect(/\}/y, 'a closing }', 'labels are {fleet=…, shard=…}');
  return labels;
}

function parseWindow(scan: Scanner): MetricSyntax['over'] {
  if (!scan.take(/over\b/y)) return null;
  const phase = scan.expect(/[A-Za-z][A-Za-z0-9-]*/y, 'a phase', 'such as over steady[20s..]');
  if (!scan.take(/\[/y)) return { phase, from: null, to: null };
  const from = scan.take(/\d[^.\]]*(?:\.\d+[^.\]]*)?(?=\s*\.\.)/y);
  scan.expect(/\.\./y, 'two dots', 'a window is [20s..], [..40s] or [20s..40s]');
  const to = scan.take(/[^\]\s][^\]]*/y);
  scan.expect(/\]/y, 'a closing ]', 'a window is [20s..], [..40s] or [20s..40s]');
  return { phase, from, to };
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next word, spaces around it skipped, or null. */
  take(pattern: RegExp): Word | null {
    this.#skip();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) return null;
    const word = { text: found[0].trimEnd(), at: this.#at };
    this.#at += found[0].length;
    return word;
  }

  expect(pattern: RegExp, what: string, wayOut: string): Word {
    const word = this.take(pattern);
    if (word) return word;
    const rest = this.#text.slice(this.#at);
    throw new TextFault(
      rest === '' ? `${what} is missing` : `"${rest}" begins with no ${bare(what)}`,
      wayOut,
      this.#at,
    );
  }

  end(): void {
    this.#skip();
    if (this.#at < this.#text.length)
      throw new TextFault(`"${this.#text.slice(this.#at)}" is too much`, example, this.#at);
  }

  #skip(): void {
    while (this.#text[this.#at] === ' ') this.#at += 1;
  }
}

function bare(what: string): string {
  return what.replace(/^an? /, '');
}
