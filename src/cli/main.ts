import { ExitCode } from '../exit-code.ts';

console.error('kinebench: no commands yet');
process.exitCode = ExitCode.usage;
