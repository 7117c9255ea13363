/**
 * The last calls of a check and what they were answered: the evidence behind a verdict. Only references are kept while a check
 * runs, since a check may make ten thousand calls; text is made of the last few once it is over.
 */
import { isUtf8 } from 'node:buffer';
import type { Exchange } from '../src/conformance-result.ts';
import { readCbor } from '../src/wire/cbor-reader.ts';
import type { Outcome } from '../src/wire/outcome.ts';
import type { WireClient } from '../src/wire/client.ts';
import type { RawAnswer, RawRequest } from './raw.ts';

/** Calls that are kept. */
const KEPT = 6;
/** Characters of a text that are kept: the middle is left out. */
const TEXT_MAX = 800;
/** Of a single value inside: characters or bytes, entries of a list, levels. */
const LONG = 160;
const ENTRIES = 8;
const DEPTH_MAX = 12;

type Call =
  | { readonly operation: string; readonly input: object; outcome?: Outcome<unknown> }
  | { readonly request: RawRequest; answer?: RawAnswer | undefined };

/** Watches what one check sends. */
export class Transcript {
  readonly #calls: Call[] = [];

  /** The same client, watched. */
  ofClient(client: WireClient): WireClient {
    return {
      call: async (operation, input, options) => {
        const outcome = await client.call(operation, input, options);
        this.#keep({ operation, input, outcome });
        return outcome;
      },
      subscribe: async (input, options) => {
        const outcome = await client.subscribe(input, options);
        const shown = outcome.kind === 'ok' ? { ...outcome, output: 'a stream of events' } : outcome;
        this.#keep({ operation: 'SubscribeToShard', input, outcome: shown });
        return outcome;
      },
      ...(client.writeAhead && { writeAhead: (input) => client.writeAhead?.(input) }),
      open: (calls) => client.open(calls),
      close: () => client.close(),
    };
  }

  /** The same way to send bytes, watched. */
  ofRaw(raw: (request: RawRequest) => Promise<RawAnswer | undefined>): typeof raw {
    return async (request) => {
      const answer = await raw(request);
      this.#keep({ request, answer });
      return answer;
    };
  }

  /** The last calls as text, oldest first. */
  exchanges(): Exchange[] {
    return this.#calls.map((call) =>
      'request' in call
        ? { operation: 'raw request', sent: cut(rawText(call.request)), came: cut(answerText(call.answer)) }
        : { operation: call.operation, sent: cut(asText(call.input)), came: cut(outcomeText(call.outcome)) },
    );
  }

  #keep(call: Call): void {
    this.#calls.push(call);
    if (this.#calls.length > KEPT) this.#calls.shift();
  }
}

function rawText({ method, path, headers, body }: RawRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${path}`, ...lines, '', bodyText(headers['content-type'], Buffer.from(body))].join('\n');
}

function answerText(answer: RawAnswer | undefined): string {
  if (answer === undefined) return 'the connection ended without an answer';
  const type = answer.headers['content-type'];
  return `${answer.status} ${type ?? ''}\n${bodyText(type, answer.body)}`;
}

/** CBOR as what it says, where it can be read; other bytes that are no text as base64. */
function bodyText(type: string | undefined, body: Buffer): string {
  const value = type?.includes('cbor') ? readCbor(body) : undefined;
  if (value !== undefined) return `CBOR of ${asText(value)}`;
  if (isUtf8(body)) return body.toString('utf8', 0, TEXT_MAX * 4);
  return `${body.length} bytes, base64: ${shortened(body, 0) as string}`;
}

function outcomeText(outcome: Outcome<unknown> | undefined): string {
  if (outcome === undefined) return 'nothing';
  switch (outcome.kind) {
    case 'ok':
      return asText(outcome.output);
    case 'error':
      return `${outcome.status} ${outcome.code}: ${outcome.message}`;
    case 'timeout':
      return 'no answer in time';
    case 'connection':
      return `the connection broke (${outcome.reason}): ${outcome.message}`;
    default:
      return outcome satisfies never;
  }
}

/** JSON, shortened where it would be longer than what is kept of it. */
function asText(value: unknown): string {
  return JSON.stringify(shortened(value, 0)) ?? 'an empty answer';
}

/** Bytes as base64; long texts, long lists and deep nesting are cut and say so. */
function shortened(value: unknown, depth: number): unknown {
  if (value instanceof Uint8Array)
    return shortText(Buffer.from(value.subarray(0, LONG)).toString('base64'), value.length);
  if (typeof value === 'string') return shortText(value.slice(0, LONG), value.length);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH_MAX) return '…';
  if (Array.isArray(value)) {
    const first = value.slice(0, ENTRIES).map((each) => shortened(each, depth + 1));
    return value.length > ENTRIES ? [...first, `… ${value.length} in all`] : first;
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shortened(each, depth + 1)]));
}

function shortText(begin: string, length: number): string {
  return length > LONG ? `${begin}… (${length} in all)` : begin;
}

function cut(text: string): string {
  if (text.length <= TEXT_MAX) return text;
  return `${text.slice(0, TEXT_MAX - 200)} … ${text.slice(-200)}`;
}
