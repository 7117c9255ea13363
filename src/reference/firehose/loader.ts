/**
 * The way of objects from S3 into a table of Redshift. As soon as a COPY is done the next one takes all objects that were written
 * meanwhile, by a manifest that names them (source: the developer guide, data delivery frequency). One that fails is made again
 * every five minutes (the guide) until the retry duration is over, which begins with the first attempt and has the attempts in it
 * (RedshiftRetryOptions in the service model); the last pause is cut to end with it (assumed). Then these objects are skipped: a
 * manifest under `errors/manifests/` names them, for somebody to load by hand, and the next COPY begins.
 *
 * Objects stay in S3 whatever becomes of them. An attempt whose answer is lost may have loaded them, and the next one does so again.
 */
import { gunzipSync } from 'node:zlib';
import { NS_PER_MS, type Clock } from '../../clock.ts';
import { DELIVERY_LIFE_MS } from '../../protocol/firehose/limits.ts';
import type { Random } from '../../random.ts';
import type { StreamFaults } from '../faults.ts';
import { Backoff } from './backoff.ts';
import type { DeliveryPlan } from './delivery.ts';
import { taken, type Destination, type DestinationObject } from './destination.ts';
import type { LoadSql } from './load-sql.ts';
import { timeOf, uuid } from './object-key.ts';
import type { ObjectPrefix } from './object-prefix.ts';
import { SqlError, type Cluster, type SqlRunner } from './sql.ts';

/** What it goes by. */
export interface LoadPlan {
  readonly cluster: Cluster;
  readonly table: string;
  readonly columns: string;
  readonly options: string;
  readonly role: string;
  /** How long a COPY is made again. */
  readonly retryMs: number;
  /** Of the manifests that are copied by, and of those of skipped objects. */
  readonly manifests: ObjectPrefix;
  readonly skipped: ObjectPrefix;
}

/** What a loader is made of. */
export interface LoaderParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: StreamFaults;
  readonly destination: Destination;
  readonly lifeMs: () => number | undefined;
  readonly sql: SqlRunner;
  readonly loadSql: LoadSql;
  /** What it goes by now. */
  readonly plan: () => DeliveryPlan;
  readonly load: () => LoadPlan;
}

/** Why a COPY failed. */
interface Failure {
  readonly code: string;
  readonly message: string;
}

type Written = Pick<DestinationObject, 'bucket' | 'key' | 'contentEncoding'> & {
  /** Before compression. */
  readonly bytes: number;
};

const RETRY_NS = 300_000 * NS_PER_MS;
/** How long an answer to a COPY is waited for (assumed). */
const ANSWER_NS = 900_000 * NS_PER_MS;
/** Of contents in one command, unless a single object has more: a text of Node has half a gibibyte, and quotes are doubled. */
const DATA_BYTES_MAX = 128 * 1_048_576;
/** Of what is said in the metadata of an object, which S3 bounds. */
const MESSAGE_CHARACTERS_MAX = 1024;

/** How AWS calls what a database says (names: the developer guide, Redshift data delivery errors; by which SQLSTATE assumed). */
const codes: Readonly<Record<string, string>> = {
  '42P01': 'Redshift.TableNotFound',
  '42601': 'Redshift.SyntaxError',
  '28000': 'Redshift.AuthenticationFailed',
  '28P01': 'Redshift.AuthenticationFailed',
  '3D000': 'Redshift.DatabaseNotFound',
  '42703': 'Redshift.ColumnNotFound',
  '23502': 'Redshift.MissingColumn',
  '42501': 'Redshift.InsufficientPrivilege',
  '25006': 'Redshift.ReadOnlyCluster',
  '53100': 'Redshift.DiskFull',
};
const FAILED = 'Redshift.DataLoadFailed';
const UNREACHED = 'Redshift.ConnectionFailed';

/** Loads the objects of one delivery stream. */
export class Loader {
  readonly #parts: LoaderParts;
  #waiting: Written[] = [];
  #loading = false;
  readonly #ended = new AbortController();
  /** From then on nothing is tried again. */
  #lastAttemptNs = Number.POSITIVE_INFINITY;

  constructor(parts: LoaderParts) {
    this.#parts = parts;
  }

  /** Whether nothing is on its way. */
  get idle(): boolean {
    return !this.#loading;
  }

  /** Takes an object that was just written. */
  add({ bucket, key, contentEncoding, freedBytes = 0 }: DestinationObject): void {
    if (this.#ended.signal.aborted || this.#parts.faults.fires('fh.copy-skipped')) return;
    this.#waiting.push({ bucket, key, contentEncoding, bytes: freedBytes });
    if (!this.#loading) void this.#load();
  }

  /** Tries nothing again from `atNs` on. */
  finishAt(atNs: number): void {
    this.#lastAttemptNs = atNs;
  }

  /** Gives up what is not loaded. */
  end(): void {
    this.#ended.abort();
    this.#waiting = [];
  }

  /** Loads what waits, until nothing does. */
  async #load(): Promise<void> {
    this.#loading = true;
    while (this.#waiting.length > 0) await this.#copy(this.#take());
    this.#loading = false;
  }

  /** What goes into the next COPY: all that waits, or so much that its contents are one command. */
  #take(): Written[] {
    let bytes = 0;
    const rest = this.#waiting.findIndex((object) => (bytes += object.bytes) > DATA_BYTES_MAX);
    const all = !this.#parts.loadSql.wantsData || rest === -1;
    return this.#waiting.splice(0, all ? this.#waiting.length : Math.max(1, rest));
  }

  /** Loads objects by one COPY, or skips them when its time is over. */
  async #copy(objects: readonly Written[]): Promise<void> {
    const { clock, faults, load } = this.#parts;
    const { signal } = this.#ended;
    const entries = objects.map((object) => ({ url: urlOf(object), mandatory: true }));
    const body = Buffer.from(JSON.stringify({ entries }));
    const manifest = await this.#store(load().manifests, body);
    if (manifest === undefined) return;
    const beganNs = clock.monotonicNs();
    for (let attempts = 1; ; attempts += 1) {
      const failure = await this.#attempt(objects, manifest);
      if (!failure || signal.aborted || faults.fires('fh.drop-on-503')) return;
      const overNs = beganNs + load().retryMs * NS_PER_MS;
      const nowNs = clock.monotonicNs();
      if (nowNs < overNs) {
        await clock.sleepUntil(Math.min(nowNs + RETRY_NS, overNs, this.#lastAttemptNs), signal);
        if (signal.aborted) return;
        if (clock.monotonicNs() < this.#lastAttemptNs) continue;
      }
      await this.#store(load().skipped, body, metadataOf(failure, attempts));
      return;
    }
  }

  /** Sends a command, and waits so long for its answer. */
  async #attempt(objects: readonly Written[], manifest: string): Promise<Failure | undefined> {
    const { clock, sql, loadSql, load } = this.#parts;
    const { cluster, ...values } = load();
    const each: { url: string; data: string }[] = [];
    for (const object of objects) {
      const data = loadSql.wantsData ? await this.#read(object) : '';
      if (typeof data !== 'string') return data;
      each.push({ url: urlOf(object), data });
    }
    const over = new AbortController();
    const either = AbortSignal.any([over.signal, this.#ended.signal]);
    const asked = async () => sql({ ...cluster, text: loadSql.write({ ...values, manifest, objects: each }) }, either);
    const answered = asked().then(() => undefined, failureOf);
    const late = clock
      .sleepUntil(clock.monotonicNs() + ANSWER_NS, either)
      .then(() => ({ code: UNREACHED, message: 'The cluster did not answer.' }));
    const first = await Promise.race([answered, late]);
    over.abort();
    return first;
  }

  /** What an object holds, as a text. */
  async #read({ bucket, key, contentEncoding }: Written): Promise<string | Failure> {
    const unreadable = (why: string) => ({ code: FAILED, message: `{data} of ${key}: ${why}` });
    if (contentEncoding !== undefined && contentEncoding !== 'gzip')
      return unreadable(`objects in ${contentEncoding} are not read`);
    try {
      const body = await this.#parts.destination.read?.(bucket, key);
      if (!body) return unreadable('there is no such object, or the destination does not read');
      return Buffer.from(contentEncoding === 'gzip' ? gunzipSync(body) : body).toString();
    } catch (error) {
      return unreadable(error instanceof Error ? error.message : String(error));
    }
  }

  /** Writes a manifest, and gives its URL; undefined where it was not taken for as long as records are kept. */
  async #store(
    prefix: ObjectPrefix,
    body: Uint8Array,
    metadata: Readonly<Record<string, string>> = {},
  ): Promise<string | undefined> {
    const { clock, random, destination, lifeMs, plan } = this.#parts;
    const { streamName, settings } = plan();
    const nowMs = clock.now();
    const folder = prefix.write({ atMs: nowMs, zone: settings.zone, random });
    const key = `${folder}${streamName}-${timeOf(nowMs)}-${uuid(random)}`;
    const { bucket } = settings;
    const contentType = 'application/octet-stream';
    const backoff = new Backoff(random);
    while (!(await taken(destination, { bucket, key, body, contentType, contentEncoding: undefined, metadata }))) {
      const over = clock.now() >= nowMs + (lifeMs() ?? DELIVERY_LIFE_MS);
      if (over) return undefined;
      const atNs = clock.monotonicNs() + Math.round(backoff.nextMs() * NS_PER_MS);
      await clock.sleepUntil(Math.min(atNs, this.#lastAttemptNs), this.#ended.signal);
      if (this.#ended.signal.aborted || clock.monotonicNs() >= this.#lastAttemptNs) return undefined;
    }
    return this.#ended.signal.aborted ? undefined : urlOf({ bucket, key });
  }
}

function urlOf({ bucket, key }: Pick<Written, 'bucket' | 'key'>): string {
  return `s3://${bucket}/${key}`;
}

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return { code: error instanceof SqlError ? (codes[error.state] ?? FAILED) : UNREACHED, message };
}

/** What AWS says in CloudWatch Logs, which are not here; metadata are ASCII on one line. */
function metadataOf({ code, message }: Failure, attempts: number): Record<string, string> {
  const line = message.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, MESSAGE_CHARACTERS_MAX);
  return { 'error-code': code, 'error-message': line, attempts: String(attempts) };
}
