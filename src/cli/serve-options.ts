/** The options of `kinebench serve`. */
import type { Argv, InferredOptionTypes } from 'yargs';

const options = {
  port: { type: 'number', default: 4567, describe: 'port to listen on; 0 takes a free one' },
  host: { type: 'string', default: '127.0.0.1', describe: 'address to listen on' },
  limits: { type: 'string', default: 'aws', describe: 'what is enforced: aws, off, or a YAML file' },
  latency: {
    type: 'string',
    describe: 'what is modelled: aws, none, or a YAML file [aws; none on a virtual clock]',
  },
  fault: { type: 'string', array: true, default: [] as string[], describe: 'arm a named defect' },
  lambda: {
    type: 'string',
    array: true,
    default: [] as string[],
    describe: 'NAME=FILE or NAME=URL: a Lambda function for Firehose, from an ES module or behind the Invoke API',
  },
  tables: { type: 'string', describe: 'YAML file of the tables that Firehose converts JSON to Parquet by' },
  'redshift-sql': { type: 'string', describe: 'file of the SQL that Firehose sends to Redshift [its COPY]' },
  seed: { type: 'number', default: 1, describe: 'of the modelled latency' },
  region: { type: 'string', describe: 'region of callers who name none [us-east-1]' },
  account: { type: 'string', describe: 'account of callers who name none [000000000000]' },
  auth: {
    choices: ['form', 'verify', 'off'] as const,
    describe: 'what signatures are held to [form; verify where --keys are given]',
  },
  keys: {
    type: 'string',
    describe: 'YAML file of the keys that --auth verify knows [kinebench, with the secret kinebench]',
  },
  'clock-skew-ms': {
    type: 'number',
    describe: 'with --auth verify: how far a signature may lie from the clock [300000]',
  },
  'tls-cert': { type: 'string', describe: 'certificate for TLS, PEM file; by default one is made' },
  'tls-key': { type: 'string', describe: 'its private key, PEM file' },
  'ca-out': { type: 'string', describe: 'write the certificate that TLS clients have to trust to this file' },
  'max-memory': {
    type: 'string',
    describe: 'the most that records and objects may take, such as 512MiB; no bound by default',
  },
  'max-traffic': {
    type: 'string',
    describe: 'the most that incomplete requests and unread answers may take together [1GiB]',
  },
  'create-stream-ms': { type: 'number', describe: 'how long a stream is CREATING [500]' },
  'update-stream-ms': { type: 'number', describe: 'how long a stream is UPDATING [500]' },
  'delete-stream-ms': { type: 'number', describe: 'how long a stream is DELETING [500]' },
  'create-consumer-ms': { type: 'number', describe: 'how long a consumer is CREATING [500]' },
  'delete-consumer-ms': { type: 'number', describe: 'how long a consumer is DELETING [500]' },
  'heartbeat-ms': { type: 'number', describe: 'how long a subscription is silent at the most [5000]' },
  clock: {
    choices: ['system', 'virtual'] as const,
    default: 'system' as const,
    describe: 'a virtual clock moves by the control port only, which it opens by itself',
  },
  'control-port': {
    type: 'number',
    describe: 'port of 127.0.0.1 for clock, faults, state and shutdown; 0 takes a free one',
  },
  json: {
    type: 'boolean',
    default: false,
    describe: 'print where it listens, and its process, as one line of JSON, nothing else',
  },
} as const;

/** What was typed. */
export type ServeArguments = InferredOptionTypes<typeof options>;

/** Adds the options to a command. */
export function serveOptions(y: Argv) {
  return y.options(options);
}
