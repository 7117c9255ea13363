/** The public API of kinebench: what a program that embeds it may rely on. Re-exports only. */
export { ExitCode } from './exit-code.ts';
export { OperatorError } from './operator-error.ts';
export { parseScenario, type ParsedScenario } from './scenario/parse.ts';
export type { Plan } from './scenario/plan.ts';
export type { Result } from './result.ts';
export { parseResult } from './result-reader.ts';
export { runPlan, type RunOptions } from './run/run.ts';
export { loadTarget } from './target/load.ts';
export { startTarget } from './target/start.ts';
export type { RunningTarget } from './target/target.ts';
export { renderHtml } from './report/html.ts';
export { renderSummary } from './report/text.ts';
export { gate, type GateReport } from './gate/gate.ts';
