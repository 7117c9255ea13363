/**
 * What a delivery stream asks of Lambda: to invoke a function with a document and to give back what it answers, both as JSON text
 * (source: the Invoke API of Lambda, RequestResponse). Who does it is given to the endpoint: functions of this process, or an
 * endpoint that speaks the Invoke API (lambda-invoke-api.ts).
 */

/** The document that a function gets (source: the developer guide, data transformation). */
export interface LambdaEvent {
  readonly invocationId: string;
  readonly deliveryStreamArn: string;
  readonly region: string;
  readonly records: readonly LambdaEventRecord[];
}

/** A record as a function gets it. */
export interface LambdaEventRecord {
  readonly recordId: string;
  /** Ms since the epoch. */
  readonly approximateArrivalTimestamp: number;
  /** Base64. */
  readonly data: string;
}

/** What a function answers. */
export interface LambdaResult {
  readonly records: readonly LambdaResultRecord[];
}

/** What has become of one record. */
export interface LambdaResultRecord {
  readonly recordId: string;
  readonly result: 'Ok' | 'Dropped' | 'ProcessingFailed';
  /** Base64; null is as good as none. */
  readonly data?: string | null;
  readonly metadata?: { readonly partitionKeys?: Readonly<Record<string, string>> };
}

/** A function of this process, as the handler of a Lambda function is written. */
export type LambdaHandler = (event: LambdaEvent) => LambdaResult | Promise<LambdaResult>;

/** Invokes functions. */
export interface LambdaInvoker {
  /**
   * Invokes a function by its ARN with a JSON document and gives the JSON that it answers; rejects with a `LambdaFailure` when there
   * is no answer. The signal aborts when nobody waits any more.
   */
  invoke(functionArn: string, payload: string, signal: AbortSignal): Promise<string>;
}

/** Why an invocation gave no answer, by the code that error records carry. */
export class LambdaFailure extends Error {
  override readonly name = 'LambdaFailure';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A function that was invoked and did not answer with a result (code observed, text from the developer guide). */
export function functionError(detail: string): LambdaFailure {
  const text = 'The Lambda function was successfully invoked but it returned an error result.';
  return new LambdaFailure('Lambda.FunctionError', detail === '' ? text : `${text} ${detail}`);
}

/** Functions of this process by their names. Documents are text on the way, so a function cannot reach into a delivery stream. */
export function localLambda(handlers: Readonly<Record<string, LambdaHandler>>): LambdaInvoker {
  return {
    async invoke(functionArn, payload) {
      const name = functionNamed(functionArn);
      const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
      if (!handler)
        throw new LambdaFailure('Lambda.ResourceNotFound', `The reference knows no Lambda function ${name}.`);
      try {
        return JSON.stringify(await handler(JSON.parse(payload))) ?? 'null';
      } catch (error) {
        throw functionError(error instanceof Error ? error.message : String(error));
      }
    },
  };
}

/** Each function with an invoker of its own; any other is not found. */
export function lambdaByName(invokers: Readonly<Record<string, LambdaInvoker>>): LambdaInvoker {
  const nobody = localLambda({});
  return {
    invoke(functionArn, payload, signal) {
      const name = functionNamed(functionArn);
      const invoker = Object.hasOwn(invokers, name) ? invokers[name]! : nobody;
      return invoker.invoke(functionArn, payload, signal);
    },
  };
}

/** The name in `arn:aws:lambda:<region>:<account>:function:<name>[:<version>]`. */
export function functionNamed(functionArn: string): string {
  return functionArn.split(':')[6] ?? functionArn;
}
