/** The public API of kinebench: what a program that embeds it may rely on. Re-exports only. */
export { ExitCode } from './exit-code.ts';
export { OperatorError } from './operator-error.ts';
export type { Plan } from './scenario/plan.ts';
export type { Result } from './result.ts';
