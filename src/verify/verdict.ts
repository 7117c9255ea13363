/**
 * What a check may say. Unknown is never a pass: a check that could not observe, or whose precondition was not exercised,
 * is `indeterminate`.
 */
export type Verdict = 'pass' | 'fail' | 'warn' | 'info' | 'skip' | 'indeterminate' | 'known-fail';
