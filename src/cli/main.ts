/** Where the process begins and ends: runs the command line and turns whatever comes out of it into an exit code. */
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { commandLine } from './command-line.ts';

/** A reader that goes away early (`kinebench scenarios | head`) is no defect. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

try {
  process.exitCode = await commandLine(process.argv.slice(2));
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): ExitCode {
  if (error instanceof OperatorError) {
    console.error(`kinebench: ${error.message}`);
    if (error.hint !== undefined) console.error(`  ${error.hint}`);
    return error.exitCode;
  }
  console.error('kinebench: a defect of kinebench itself; please report it with the text below');
  console.error(error);
  return ExitCode.internal;
}
