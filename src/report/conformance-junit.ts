/**
 * Conformance results as JUnit XML: a suite for each target, a case for each statement. What could not be observed is skipped with
 * its reason: endpoints differ in what can be seen of them, and the exit code does not count it either.
 */
import type { ConformanceResult, Judgement } from '../conformance-result.ts';
import { paragraph } from './conformance-text.ts';
import { escapeXml, junitOutcome } from './junit.ts';

/** The document that CI systems read. */
export function conformanceJunit(results: readonly ConformanceResult[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="kinebench conform">\n${results.map(suite).join('')}</testsuites>\n`;
}

function suite({ target, judgements, run }: ConformanceResult): string {
  const count = (is: (judgement: Judgement) => boolean) => judgements.filter(is).length;
  const ms = judgements.reduce((sum, { tookMs }) => sum + tookMs, 0);
  const attributes = [
    `name="${escapeXml(target.name)}"`,
    `tests="${judgements.length}"`,
    `failures="${count(({ verdict }) => verdict === 'fail')}"`,
    'errors="0"',
    `skipped="${count(({ verdict }) => ['skip', 'indeterminate', 'known-fail'].includes(verdict))}"`,
    `timestamp="${escapeXml(run.startedAt)}"`,
    `time="${seconds(ms)}"`,
  ];
  return `<testsuite ${attributes.join(' ')}>\n${judgements.map((one) => testcase(target.name, one)).join('')}</testsuite>\n`;
}

function testcase(target: string, judgement: Judgement): string {
  const { id, sentence, tookMs, verdict } = judgement;
  const name = `classname="${escapeXml(target)}" name="${escapeXml(`${id}: ${sentence}`)}" time="${seconds(tookMs)}"`;
  const message = escapeXml(paragraph(judgement));
  const body = verdict === 'indeterminate' ? junitOutcome('skip', message) : junitOutcome(verdict, message);
  return body === '' ? `<testcase ${name}/>\n` : `<testcase ${name}>${body}</testcase>\n`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
