/**
 * The Lambda functions that `kinebench serve` is told of: an ES module that exports `handler`, as a function for Lambda does, or the
 * URL of an endpoint that speaks the Invoke API. A module is loaded once, at the start.
 */
import { pathToFileURL } from 'node:url';
import { OperatorError } from '../operator-error.ts';
import { lambdaAt } from './firehose/lambda-invoke-api.ts';
import { lambdaByName, localLambda, type LambdaHandler, type LambdaInvoker } from './firehose/lambda.ts';

/** Functions by name → who invokes them. Rejects with an OperatorError for a module that cannot be one. */
export async function lambdaFrom(places: Readonly<Record<string, string>>): Promise<LambdaInvoker> {
  const invokers = await Promise.all(
    Object.entries(places).map(async ([name, where]): Promise<[string, LambdaInvoker]> => {
      if (/^https?:\/\//.test(where)) return [name, lambdaAt(where, fetch)];
      return [name, localLambda({ [name]: await handlerIn(where) })];
    }),
  );
  return lambdaByName(Object.fromEntries(invokers));
}

async function handlerIn(file: string): Promise<LambdaHandler> {
  let loaded: unknown;
  try {
    loaded = await import(pathToFileURL(file).href);
  } catch (error) {
    throw unusable(file, error instanceof Error ? error.message : String(error), error);
  }
  if (typeof loaded === 'object' && loaded !== null && 'handler' in loaded && isHandler(loaded.handler))
    return loaded.handler;
  throw unusable(file, 'it exports no function of the name handler');
}

/** Any function: what it answers is looked at when it has answered. */
function isHandler(value: unknown): value is LambdaHandler {
  return typeof value === 'function';
}

function unusable(file: string, reason: string, cause?: unknown): OperatorError {
  return new OperatorError(`cannot use ${file} as a Lambda function: ${reason}`, {
    code: 'file-unusable',
    hint: 'Give an ES module that exports handler(event) and returns { records }, as docs/firehose.md shows.',
    cause,
  });
}
