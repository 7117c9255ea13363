/**
 * Runs as JUnit XML: a suite for each, a case for each expectation, ledger verdict, validity check and fleet that was left out. Unknown is never a
 * pass, so what could not be decided is an error; what is known to fail is skipped with its reason.
 */
import type { Result } from '../result.ts';
import { observation } from './shortfalls.ts';
import type { Verdict } from '../verify/verdict.ts';

interface Case {
  readonly group: string;
  readonly name: string;
  readonly verdict: Verdict;
  readonly message: string;
}

/** The document that CI systems read. */
export function renderJunit(results: readonly Result[]): string {
  const suites = results.map(suite);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="kinebench">\n${suites.join('')}</testsuites>\n`;
}

function suite(result: Result): string {
  const cases = casesOf(result);
  const name = `${result.scenario.plan.name} against ${result.target.name}`;
  const seconds = result.phases.reduce((last, phase) => Math.max(last, phase.endNs), 0) / 1e9;
  const counts = (some: readonly Verdict[]): number => cases.filter((one) => some.includes(one.verdict)).length;
  const attributes = [
    `name="${escapeXml(name)}"`,
    `tests="${cases.length}"`,
    `failures="${counts(['fail'])}"`,
    `errors="${counts(['indeterminate'])}"`,
    `skipped="${counts(['skip', 'known-fail'])}"`,
    `timestamp="${escapeXml(result.run.startedAt)}"`,
    `time="${seconds.toFixed(3)}"`,
  ];
  return `<testsuite ${attributes.join(' ')}>\n${cases.map((one) => testcase(name, one)).join('')}</testsuite>\n`;
}

function casesOf(result: Result): readonly Case[] {
  return [
    ...result.expectations.map((one) => ({
      group: 'expectation',
      name: one.text,
      verdict: one.verdict,
      message: observation(one),
    })),
    ...result.ledger.verdicts.map((one) => ({
      group: 'ledger',
      name: one.name,
      verdict: one.verdict,
      message: one.explanation,
    })),
    ...result.validity.map((one) => ({
      group: 'validity',
      name: one.name,
      verdict: one.verdict,
      message: `observed ${one.observed}, bound ${one.bound}. ${one.explanation}`,
    })),
    ...(result.unsupported ?? []).map(({ fleet, needs, optional }) => ({
      group: 'support',
      name: `${fleet} is run`,
      // Without a fleet that may not be missing the scenario has no answer: the run does not pass, and neither may this.
      verdict: optional ? ('skip' as const) : ('indeterminate' as const),
      message: `unsupported: the target has no ${needs.join(', ')}`,
    })),
  ];
}

function testcase(suiteName: string, { group, name, verdict, message }: Case): string {
  const open = `<testcase classname="${escapeXml(`${suiteName}.${group}`)}" name="${escapeXml(name)}"`;
  const body = junitOutcome(verdict, escapeXml(message.trim()));
  return body === '' ? `${open}/>\n` : `${open}>${body}</testcase>\n`;
}

/** What stands in a test case for a verdict; the message is escaped already. */
export function junitOutcome(verdict: Verdict, message: string): string {
  switch (verdict) {
    case 'fail':
      return `<failure type="fail" message="${message}"/>`;
    case 'indeterminate':
      return `<error type="indeterminate" message="${message}"/>`;
    case 'skip':
      return `<skipped message="${message}"/>`;
    case 'known-fail':
      return `<skipped message="known to fail: ${message}"/>`;
    case 'warn':
      return `<system-out>warning: ${message}</system-out>`;
    case 'info':
    case 'pass':
      return '';
    default:
      return verdict satisfies never;
  }
}

/** Text for XML attributes and content; what XML 1.0 cannot hold becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll(/[&<>"'\t\n\r]/g, (found) => `&#${found.codePointAt(0)};`);
}
