/**
 * Partition keys that are read off records by an expression of jq (source: the developer guide, inline parsing). jq is the real one,
 * compiled to WebAssembly, on the thread that answers: one run for all records that are there at once, since a run costs a
 * millisecond and a record a hundredth of one. AWS has jq 1.6; this is a later one.
 *
 * It is made ready without waiting for anything but promises, so a virtual clock does not run ahead of it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as jqWasm from 'jq-wasm';

/** What an expression has found in a record: its keys; or what went wrong. */
export type Found = Readonly<Record<string, unknown>> | string;

/** What Node has of it; its types leave that to those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: unknown) => object;
};

/** Loaded when a delivery stream asks for it. */
const load = createRequire(import.meta.url);
let ready: Promise<jqWasm.Jq> | undefined;

/** Text observed. */
const NO_JSON = 'Non JSON record provided';

/** Runs an expression on each of these records, in their order. */
export async function runQuery(query: string, records: readonly Uint8Array[]): Promise<Found[]> {
  const jq = await (ready ??= loaded());
  // Each record is a text within a line of its own, so one that is no JSON harms no other. The expression may end in a comment.
  const input = records.map((data) => JSON.stringify(Buffer.from(data).toString())).join('\n');
  const program = `(try {json: fromjson} catch {none: true}) | if .none then {none: true} else try {found: [.json | (${query}\n)]} catch {wrong: tostring} end`;
  let output;
  try {
    output = jq.raw(input, program, ['-c']);
  } catch (error) {
    // What has run out of memory is not used again.
    ready = undefined;
    return records.map(() => (error instanceof Error ? error.message : String(error)));
  }
  const { stdout, stderr } = output;
  const lines = stdout === '' ? [] : stdout.trimEnd().split('\n');
  // An expression that is none, or that reads its input by itself, has no line for each record.
  if (lines.length !== records.length) return records.map(() => stderr.trim() || 'the query has not one result');
  return lines.map((line) => foundIn(JSON.parse(line)));
}

function foundIn(line: { readonly none?: true; readonly wrong?: string; readonly found?: readonly unknown[] }): Found {
  if (line.none) return NO_JSON;
  const [keys] = line.found ?? [];
  return isKeys(keys) ? keys : (line.wrong ?? 'the query gives no object');
}

function isKeys(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function loaded(): Promise<jqWasm.Jq> {
  const { loadJq }: typeof jqWasm = load('jq-wasm');
  const module = new WebAssembly.Module(readFileSync(load.resolve('jq-wasm/jq.wasm')));
  return loadJq({
    instantiateWasm: (imports, done) => done(new WebAssembly.Instance(module, imports), module),
  });
}
