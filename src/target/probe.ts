/**
 * One call before the work: does the target answer as Kinesis does, and to these keys? And how is it best spoken to? HTTP/1.1
 * is tried first, since it costs a client least; HTTP/2 only where that fails. By TLS the handshake says which of the two
 * there are (ALPN), and subscriptions go by HTTP/2 wherever it is spoken, since AWS serves them by nothing else.
 */
import { type Clock, NS_PER_S } from '../clock.ts';
import { ExitCode } from '../exit-code.ts';
import { OperatorError } from '../operator-error.ts';
import { isThrottle } from '../protocol/errors.ts';
import { createClient, type Protocol, type TransportChoice, transportDefault } from '../wire/client.ts';
import { http2Transport } from '../wire/http2.ts';
import type { Outcome } from '../wire/outcome.ts';
import type { KinesisEndpoint, RunningTarget } from './target.ts';

/** How long a target may take to answer the probe, in ns. */
const PROBE_TIMEOUT_NS = 5 * NS_PER_S;

/** An endpoint with everything known of how it is spoken to. */
export interface ProbedEndpoint extends KinesisEndpoint {
  readonly transport: TransportChoice;
}

/**
 * Asks for one ListStreams, by each protocol in turn until one answers. A throttle counts as an answer. Throws
 * `target-unreachable` when nothing answers and `target-refused` when something does but refuses (both exit 7).
 */
export async function probe(
  { name, kinesis }: Pick<RunningTarget, 'name' | 'kinesis'>,
  clock: Clock,
): Promise<ProbedEndpoint> {
  const { protocol, encoding = transportDefault.encoding, subscriptions } = kinesis.transport ?? {};
  const protocols: readonly Protocol[] = protocol === undefined ? ['h1', 'h2'] : [protocol];
  let first: Outcome<unknown> | undefined;
  for (const tried of protocols) {
    const outcome = await ask({ ...kinesis, transport: { protocol: tried, encoding } }, clock);
    first ??= outcome;
    // Only what broke off may be another protocol; who is silent is silent by both.
    if (outcome.kind === 'connection') continue;
    refuse(name, kinesis.url, outcome);
    const forSubscriptions = subscriptions ?? (tried === 'h1' && (await speaksHttp2(kinesis, clock)) ? 'h2' : tried);
    return { ...kinesis, transport: { protocol: tried, encoding, subscriptions: forSubscriptions } };
  }
  throw unreachable(name, kinesis.url, first?.kind === 'connection' ? first.message : '');
}

async function ask(endpoint: KinesisEndpoint, clock: Clock): Promise<Outcome<unknown>> {
  const client = createClient(endpoint, clock);
  try {
    return await client.call('ListStreams', { Limit: 1 }, { timeoutNs: PROBE_TIMEOUT_NS });
  } finally {
    client.close();
  }
}

/** Whether a TLS endpoint chooses HTTP/2 where it is offered; plain ones are not asked: some answer its preface with anything. */
async function speaksHttp2({ url, ca, transport }: KinesisEndpoint, clock: Clock): Promise<boolean> {
  if (transport?.protocol !== undefined || !url.startsWith('https:')) return false;
  const http2 = http2Transport(new URL(url), clock, ca);
  const open = await http2.open(1);
  http2.close();
  return open > 0;
}

/** Throws unless the answer shows that this is Kinesis and the keys are good. */
function refuse(name: string, url: string, outcome: Exclude<Outcome<unknown>, { kind: 'connection' }>): void {
  if (outcome.kind === 'ok' || (outcome.kind === 'error' && isThrottle(outcome.code))) return;
  if (outcome.kind === 'timeout') throw unreachable(name, url, `no answer within ${PROBE_TIMEOUT_NS / NS_PER_S} s`);
  throw new OperatorError(`${name} at ${url} refuses ListStreams: ${outcome.code}: ${outcome.message}`, {
    code: 'target-refused',
    hint: 'is it a Kinesis endpoint, are the keys and the region right, and may they list streams?',
    exitCode: ExitCode.unreachable,
  });
}

function unreachable(name: string, url: string, cause: string): OperatorError {
  const said = cause.trim().split('\n', 1)[0]!;
  return new OperatorError(`${name} cannot be reached at ${url}: ${said}`, {
    code: 'target-unreachable',
    hint: wayOut(said),
    exitCode: ExitCode.unreachable,
  });
}

/** As Node's TLS words it: a certificate that nobody vouches for, and an answer that is no TLS at all. */
function wayOut(cause: string): string {
  if (/self-signed certificate|unable to (verify|get)/.test(cause))
    return 'a target file names the certificate of its authority: `caFile`, see docs/targets.md';
  if (cause.includes('wrong version number')) return 'it does not speak TLS there: http:// in place of https://?';
  return 'is it running, and is the port right? `--target embedded` needs nothing to be running';
}

const names: Readonly<Record<Protocol, string>> = { h1: 'HTTP/1.1', h2: 'HTTP/2' };

/** `HTTP/1.1 by TLS, JSON, subscriptions by HTTP/2`. */
export function describeTransport({ url, transport }: ProbedEndpoint): string {
  const { protocol, encoding, subscriptions } = transport;
  const way = `${names[protocol]}${url.startsWith('https:') ? ' by TLS' : ''}, ${encoding.toUpperCase()}`;
  return subscriptions === protocol ? way : `${way}, subscriptions by ${names[subscriptions]}`;
}
