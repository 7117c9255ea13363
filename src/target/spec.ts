/**
 * What a target file says, resolved: every default filled, durations in ms. The schema in `schema.ts` is checked against
 * these interfaces; they are the reference for whoever writes a target file by program.
 */
import type { Protocol } from '../wire/client.ts';
import type { Encoding } from '../wire/codec.ts';
import type { Capability } from '../protocol/capabilities.ts';

/** Keys to sign with: literal (dummies, for local endpoints) or by the names of environment variables. */
export interface KeysSpec {
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  readonly accessKeyIdFrom?: string | undefined;
  readonly secretAccessKeyFrom?: string | undefined;
  readonly sessionTokenFrom?: string | undefined;
}

/** Where Data Firehose is to deliver, and where it and S3 are: at the target's own URL unless said, at AWS at their own. */
export interface DeliverySpec {
  /** ARN of the role that Data Firehose takes on. */
  readonly role: string;
  /** Its name; it has to be there. */
  readonly bucket: string;
  readonly firehose?: string | undefined;
  readonly s3?: string | undefined;
}

/** What every kind of target has. */
interface SpecBase {
  readonly name: string;
  readonly description?: string | undefined;
  readonly capabilities: readonly Capability[];
  /** Its version, where it is known without asking. */
  readonly version?: string | undefined;
  readonly transport?: TransportSpec | undefined;
}

/** The reference, in a worker thread of this process. */
export interface EmbeddedSpec extends SpecBase {
  readonly kind: 'embedded';
  readonly region: string;
  /** `aws`, `off`, or a file, its path relative to the current folder. */
  readonly limits: string;
  /** `aws`, `none`, or a file, its path relative to the current folder. */
  readonly latency: string;
  readonly faults: readonly string[];
  readonly seed?: number | undefined;
  /** Twelve digits. */
  readonly accountId?: string | undefined;
  readonly createStreamMs?: number | undefined;
  readonly updateStreamMs?: number | undefined;
  readonly deleteStreamMs?: number | undefined;
  readonly createConsumerMs?: number | undefined;
  readonly deleteConsumerMs?: number | undefined;
  readonly heartbeatMs?: number | undefined;
  /** Lambda functions by their names: the file of an ES module, or the URL of an endpoint that speaks the Invoke API. Given by scenarios, not by files. */
  readonly lambdas?: Readonly<Record<string, string>> | undefined;
  /** Types of columns, in order, by `database.table`. Given by scenarios, not by files. */
  readonly tables?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
}

/** How a process target is started. `{port}`, `{spare-port}` and `{package}` are replaced in args, env, cwd and url. */
export interface StartSpec {
  /** An npm package whose `bin` is run by this Node and held to 127.0.0.1. */
  readonly package?: string | undefined;
  /** The version of the package that the install line names. */
  readonly version?: string | undefined;
  /** Instead of a package: a program found on PATH. It has to bind 127.0.0.1 by itself. */
  readonly command?: string | undefined;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
}

/** A process of ours, started for the run and stopped after it. */
export interface ProcessSpec extends SpecBase {
  readonly kind: 'process';
  readonly delivery?: DeliverySpec | undefined;
  readonly url: string;
  readonly region: string;
  readonly credentials: KeysSpec;
  readonly caFile?: string | undefined;
  readonly start: StartSpec;
  /** It is ready when any HTTP answer comes from `path`. */
  readonly ready: { readonly path: string; readonly withinMs: number };
  readonly stop: { readonly signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'; readonly withinMs: number };
}

/** How a target is to be spoken to; what is left out is found out by the probe (protocol) or `json` (encoding). */
export interface TransportSpec {
  readonly protocol?: Protocol | undefined;
  readonly encoding?: Encoding | undefined;
}

/** An endpoint that somebody else runs. */
export interface UrlSpec extends SpecBase {
  readonly kind: 'url';
  readonly delivery?: DeliverySpec | undefined;
  readonly url: string;
  readonly region: string;
  readonly credentials: KeysSpec;
  readonly caFile?: string | undefined;
}

/** Amazon Kinesis itself; the SDK's own credential chain. */
export interface AwsSpec extends SpecBase {
  readonly kind: 'aws';
  readonly delivery?: DeliverySpec | undefined;
  readonly url?: string | undefined;
  /** Default: AWS_REGION, AWS_DEFAULT_REGION, then the profile's region in the shared config file. */
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

export type TargetSpec = EmbeddedSpec | ProcessSpec | UrlSpec | AwsSpec;

/** Keys for endpoints that check none, and the region when nobody names one. */
export const dummyKeys: KeysSpec = { accessKeyId: 'kinebench', secretAccessKey: 'kinebench' };
export const REGION_DEFAULT = 'us-east-1';
