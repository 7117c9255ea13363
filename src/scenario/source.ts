/**
 * A scenario file as text with places: a YAML document that knows line and column of every value, after `--set` was applied
 * to it. Faults are gathered, never thrown one by one, and say where they are: in the file, or on the command line.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, YAMLError, YAMLSeq } from 'yaml';
import { suggestion } from '../nearest.ts';
import { OperatorError } from '../operator-error.ts';
import { type ParameterValues, substitute } from './substitution.ts';
import { TextFault } from './text-fault.ts';

/** Keys and indices from the root of the document. */
export type Path = readonly (string | number)[];

/** Keys are text; warnings would go to the console, which is the command line's alone. */
const yamlOptions = { prettyErrors: false, stringKeys: true, logLevel: 'error' } as const;

interface Fault {
  /** Offset in the text, for order; command-line faults come last. */
  readonly order: number;
  readonly line: string;
}

interface Override {
  readonly text: string;
  readonly path: Path;
}

export class Source {
  readonly #file: string;
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  readonly #overrides: Override[] = [];
  readonly #faults: Fault[] = [];
  #parameters: readonly string[] = [];

  /** Throws OperatorError `scenario-invalid` where the text is not YAML at all. */
  constructor(text: string, file: string, overrides: readonly string[] = []) {
    this.#file = file;
    this.#text = text;
    this.#document = parseDocument(text, { ...yamlOptions, lineCounter: this.#lines });
    for (const error of this.#document.errors) this.#syntaxFault(error);
    if (this.#document.errors.some((error) => error.code !== 'DUPLICATE_KEY')) this.throwFaults();
    for (const override of overrides) this.#override(override);
  }

  /** The document as plain values, for the shape and the second pass; parameters are replaced where some are given. */
  value(values: ParameterValues = {}): unknown {
    try {
      const plain: unknown = this.#document.toJS();
      this.#parameters = Object.keys(values);
      if (this.#parameters.length === 0) return plain;
      return substitute(plain, values, (path, error) =>
        this.fault(path, error.message, error.wayOut, { offset: error.offset }),
      );
    } catch (error) {
      this.#add(0, this.#place(0), `cannot be read: ${String(error)}`, 'do without aliases');
      return this.throwFaults();
    }
  }

  /**
   * Notes a fault at a key or value. `offset` counts characters inside a written value. Where the path leads nowhere, the
   * fault is at the nearest thing above it.
   */
  fault(path: Path, what: string, wayOut: string, at: { point?: 'key' | 'value'; offset?: number } = {}): void {
    const { start, ours } = this.#locate(path, at.point ?? 'value', at.offset ?? 0);
    if (ours) this.#add(start, this.#place(start), what, wayOut);
    else this.#add(Infinity, `--set ${this.#overrideAt(path)}`, what, wayOut);
  }

  /** Where a file named from the scenario's folder lies. */
  pathBeside(path: string): string {
    return resolve(dirname(this.#file), path);
  }

  /** The text of a file named from the scenario's folder. Throws TextFault where it cannot be read. */
  readBeside(path: string): string {
    try {
      return readFileSync(this.pathBeside(path), 'utf8');
    } catch (error) {
      throw new TextFault(
        `${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`,
        'give a path from the scenario’s folder',
      );
    }
  }

  get faulty(): boolean {
    return this.#faults.length > 0;
  }

  /** Throws one OperatorError with all faults, in the order of the file. */
  throwFaults(): never {
    const lines = this.#faults.toSorted((a, b) => a.order - b.order).map((fault) => fault.line);
    throw new OperatorError([...new Set(lines)].join('\n'), {
      code: 'scenario-invalid',
      hint: 'docs/scenario-language.md has the whole language.',
    });
  }

  #add(order: number, place: string, what: string, wayOut: string): void {
    this.#faults.push({ order, line: `${place}: ${what}${wayOut === '' ? '' : ` — ${wayOut}`}` });
  }

  #place(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#file}:${Math.max(1, line)}:${Math.max(1, col)}`;
  }

  #syntaxFault(error: YAMLError): void {
    const duplicate = error.code === 'DUPLICATE_KEY';
    const key = /^[^\s:,}]+/.exec(this.#text.slice(error.pos[0]))?.[0] ?? '';
    const what = duplicate ? `the key "${key}" stands here a second time` : error.message.replace(/\s+/g, ' ');
    this.#add(error.pos[0], this.#place(error.pos[0]), what, duplicate ? 'keep one of them' : 'this is not YAML');
  }

  #override(text: string): void {
    const cut = text.indexOf('=');
    const path = this.#numbered(text.slice(0, Math.max(0, cut)).trim().split('.'));
    const value = parseDocument(text.slice(cut + 1).trim(), yamlOptions);
    const refused =
      cut < 1
        ? (['has no path and value', 'write --set path=value, such as phases.0.for=5s'] as const)
        : value.errors.length > 0
          ? (['the value is not YAML', 'put quotes around it'] as const)
          : this.#refuseOverride(path);
    if (refused) return this.#add(Infinity, `--set ${text}`, ...refused);
    try {
      this.#document.setIn(path, this.#document.createNode(value.toJS()));
      this.#overrides.push({ text, path });
    } catch {
      this.#add(Infinity, `--set ${text}`, 'the path does not lead to a place in the file', 'set something above it');
    }
    return undefined;
  }

  /** The path with the number of an item where it has its name. */
  #numbered(path: readonly string[]): readonly string[] {
    const numbered: string[] = [];
    for (const step of path) {
      const parent: unknown = numbered.length === 0 ? this.#document.contents : this.#document.getIn(numbered, true);
      const index = isSeq(parent) ? namesOf(parent).indexOf(step) : -1;
      numbered.push(index < 0 ? step : String(index));
    }
    return numbered;
  }

  /** Why nothing can be set at a path, as fault and way out. What is empty on the way is removed, to be made anew. */
  #refuseOverride(path: readonly string[]): readonly [string, string] | undefined {
    const stranger = this.#strangeFleet(path);
    if (stranger) return stranger;
    for (const [depth, step] of path.entries()) {
      const parent: unknown = depth === 0 ? this.#document.contents : this.#document.getIn(path.slice(0, depth), true);
      const above = depth === 0 ? 'the file' : path.slice(0, depth).join('.');
      if (isSeq(parent) && !(/^\d+$/.test(step) && Number(step) < parent.items.length))
        return [`${above} has no item ${step}`, itemsOf(parent, step)];
      if (isAlias(parent)) return [`${above} is a YAML alias`, 'set what it refers to'];
      if (!isScalar(parent)) continue;
      if (parent.value !== null || depth === 0)
        return [`${above} is a value, nothing is inside it`, `set ${above} itself`];
      this.#document.deleteIn(path.slice(0, depth));
    }
    return undefined;
  }

  /** A key of a fleet that is not there: a slip of the name, unless the key is the one that makes a fleet. */
  #strangeFleet([top, name, key]: readonly string[]): readonly [string, string] | undefined {
    if (top !== 'fleets' || name === undefined || key === undefined || key === 'produce' || key === 'consume')
      return undefined;
    const fleets: unknown = this.#document.get('fleets', true);
    if (!isMap(fleets) || fleets.has(name)) return undefined;
    const names = fleets.items.map((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key));
    return [`there is no fleet "${name}"`, suggestion(name, names)];
  }

  #overrideAt(path: Path): string {
    const leads = (short: Path, long: Path) => short.every((step, index) => String(long[index]) === String(step));
    const found = this.#overrides.findLast((each) => leads(each.path, path) || leads(path, each.path));
    return found?.text ?? '';
  }

  /** Follows the path as far as it goes. `ours` is false when it ends in something that `--set` put there. */
  #locate(path: Path, point: 'key' | 'value', offset: number): { start: number; ours: boolean } {
    let node: unknown = this.#document.contents;
    let start = rangeOf(node)?.[0] ?? 0;
    for (const [depth, step] of path.entries()) {
      if (isAlias(node)) node = node.resolve(this.#document);
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step));
        if (!pair) return { start, ours: true };
        const key = rangeOf(pair.key);
        node = pair.value;
        if (!key) return { start, ours: false };
        start = key[0];
        if (point === 'key' && depth === path.length - 1) return { start, ours: true };
      } else if (isSeq(node)) {
        node = node.items[Number(step)];
        start = rangeOf(node)?.[0] ?? start;
      } else return { start, ours: true };
      if (isNode(node) && !node.range) return { start, ours: false };
    }
    const range = rangeOf(node);
    if (!range || (isScalar(node) && node.value === null)) return { start, ours: true };
    return { start: range[0] + this.#inside(node, range[0], offset), ours: true };
  }

  /** Where in the file a character of a written value is: exact for a value on one line, else the value's start. */
  #inside(node: unknown, start: number, offset: number): number {
    if (offset === 0 || !isScalar(node) || typeof node.value !== 'string') return 0;
    const quote = node.type === 'PLAIN' ? 0 : 1;
    const { value } = node;
    // From where a parameter was replaced, characters are no longer where they were.
    const places = this.#parameters.map((name) => value.indexOf(`{${name}}`)).filter((place) => place >= 0);
    const first = Math.min(...places);
    if (offset > first) return first === 0 ? 0 : this.#inside(node, start, first);
    return this.#text.startsWith(node.value, start + quote) ? quote + offset : 0;
  }
}

/** What the items of a list are called by their key `name`; undefined where one has none. */
function namesOf({ items }: YAMLSeq): unknown[] {
  return items.map((item) => (isMap(item) ? item.get('name') : undefined));
}

/** The way out of an item that is not there. */
function itemsOf(list: YAMLSeq, step: string): string {
  const names = namesOf(list).filter((name) => typeof name === 'string');
  const numbers = `items are 0 to ${list.items.length - 1}`;
  return names.length === 0 || /^\d+$/.test(step) ? numbers : `${suggestion(step, names)} — or ${numbers}`;
}

function rangeOf(node: unknown): readonly [number, number, number] | undefined {
  return (isNode(node) ? node.range : undefined) ?? undefined;
}
