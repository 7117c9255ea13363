/**
 * An endpoint under test. A target is described by a file (the presets are such files), started if it is ours to start,
 * and gives back where to send requests and what may be expected of it.
 */

import type { Capability } from '../protocol/capabilities.ts';
import type { TransportChoice } from '../wire/client.ts';

/** Keys to sign with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Where and as whom to talk to Kinesis. */
export interface KinesisEndpoint {
  /** `http://127.0.0.1:4567` or `https://…`; the path is not used. */
  readonly url: string;
  readonly region: string;
  /** Asked before use; a provider may refresh. */
  readonly credentials: () => Promise<Credentials>;
  /** PEM of a certificate authority to trust besides the system's. */
  readonly ca?: string | undefined;
  /** How it is spoken to: what its file says, and (once it was probed) the rest. */
  readonly transport?: Partial<TransportChoice> | undefined;
}

/** Where Data Firehose and S3 of a target are, beside its Kinesis and with the same keys. */
export interface DeliveryEndpoint {
  readonly firehoseUrl: string;
  /** undefined for AWS itself. */
  readonly s3Url: string | undefined;
  /** That Data Firehose takes on to write objects. */
  readonly roleArn: string;
  readonly bucket: string;
  /** Whether the bucket is made with its first object, so that it need not be there before. */
  readonly makesBucket: boolean;
  /** Whether functions and tables of a scenario are given to it as it starts; elsewhere they have to be there already. */
  readonly takesProcessing?: boolean | undefined;
}

/** Where the reference delivers to: its own S3, on the same port, in a bucket that its first object makes. */
export function embeddedDelivery(url: string): DeliveryEndpoint {
  const roleArn = 'arn:aws:iam::000000000000:role/kinebench';
  return { firehoseUrl: url, s3Url: url, roleArn, bucket: 'kinebench', makesBucket: true, takesProcessing: true };
}

/** A target that answers. Disposing it stops what was started and nothing else. */
export interface RunningTarget extends AsyncDisposable {
  readonly name: string;
  /** What it is, with its version where it tells one. */
  readonly description: string;
  readonly kinesis: KinesisEndpoint;
  /** Absent where its file names no bucket to deliver to. */
  readonly delivery?: DeliveryEndpoint | undefined;
  readonly modelled: boolean;
  readonly capabilities: ReadonlySet<Capability>;
  /** null while it runs; the reason once a process or thread that we started has died. */
  readonly died: () => string | null;
  /** Gives it a defect from the next request on; only the reference can. Rejects with an OperatorError for a text that is none. */
  readonly arm?: (fault: string) => Promise<void>;
  readonly disarm?: (fault: string) => Promise<void>;
  /** Lets its S3 refuse every write with 503 from now on, or no longer; only the reference can. */
  readonly setS3?: (state: 'up' | 'down') => Promise<void>;
  /**
   * Ends it and starts it again at the same URL; only what we started can. Resolves when it answers again; what it had stored
   * is kept or lost as the target has it. While it restarts it has not died.
   */
  readonly restart?: () => Promise<void>;
}
