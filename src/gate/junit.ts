/** A gate report as JUnit XML: a test case per metric; a regression is a failure, what could not be decided an error. */
import type { GateLine, GateReport } from './gate.ts';
import { formatFactor, formatValue } from '../measure/format.ts';

/** The XML document, for CI systems that show test results. */
export function gateJunit(report: GateReport): string {
  const suite = `gate.${report.scenario}`;
  const cases = [correctness(report, suite), ...report.lines.map((line) => metric(line, suite))];
  const count = (word: string) => cases.filter((each) => each.includes(`<${word} `)).length;
  const totals = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${totals}>`,
    `  <testsuite name="${escaped(suite)}" ${totals}>`,
    ...cases.map((each) => `    ${each}`),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function correctness(report: GateReport, suite: string): string {
  const broken = report.exitCode === 5 ? report.reasons.join('\n') : '';
  return testCase('correctness', suite, broken === '' ? '' : outcome('failure', 'correctness broken', broken));
}

function metric(line: GateLine, suite: string): string {
  const values = `${formatValue(line.old, line.unit)} → ${formatValue(line.new, line.unit)} (${formatFactor(line.ratio)})`;
  if (line.verdict === 'pass') return testCase(line.metric, suite, `<system-out>${escaped(values)}</system-out>`);
  const word = line.verdict === 'fail' ? 'failure' : 'error';
  return testCase(line.metric, suite, outcome(word, line.verdict, line.explanation));
}

function testCase(name: string, suite: string, inner: string): string {
  const open = `<testcase name="${escaped(name)}" classname="${escaped(suite)}" time="0"`;
  return inner === '' ? `${open}/>` : `${open}>${inner}</testcase>`;
}

function outcome(word: 'failure' | 'error', type: string, message: string): string {
  return `<${word} type="${escaped(type)}" message="${escaped(message)}"/>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
};

/** XML text and attributes; what is not printable is shown as a question mark, XML 1.0 has no way to write most of it. */
function escaped(text: string): string {
  return text.replace(/[&<>"'\n]/g, (char) => entities[char] ?? char).replace(/[^\P{C}\t]/gu, '?');
}
