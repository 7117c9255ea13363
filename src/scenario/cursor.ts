/**
 * A place in a scenario with its value, for the second pass. Reading is forgiving: what has the wrong shape was already
 * reported by the schema and reads as absent, so that one fault does not hide the others.
 */
import { isWord } from '../nearest.ts';
import type { Path, Source } from './source.ts';
import { TextFault } from './text-fault.ts';

export class Cursor {
  readonly source: Source;
  readonly path: Path;
  readonly value: unknown;

  constructor(source: Source, path: Path, value: unknown) {
    this.source = source;
    this.path = path;
    this.value = value;
  }

  get present(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  get isMapping(): boolean {
    return isMapping(this.value);
  }

  /** The last step of the path: the name of a stream or fleet. */
  get name(): string {
    return String(this.path.at(-1) ?? '');
  }

  /** What stands under a key; absent where this is no mapping. */
  at(key: string): Cursor {
    const value = isMapping(this.value) && Object.hasOwn(this.value, key) ? this.value[key] : undefined;
    return new Cursor(this.source, [...this.path, key], value);
  }

  /** What stands under a key or an index. */
  step(step: string): Cursor {
    return Array.isArray(this.value) ? this.items()[Number(step)]! : this.at(step);
  }

  /** The values of a mapping, named by their keys. */
  entries(): Cursor[] {
    return isMapping(this.value) ? Object.keys(this.value).map((key) => this.at(key)) : [];
  }

  /** The items of a list. */
  items(): Cursor[] {
    const list: readonly unknown[] = Array.isArray(this.value) ? this.value : [];
    return list.map((value, index) => new Cursor(this.source, [...this.path, index], value));
  }

  text(): string | undefined {
    return typeof this.value === 'string' ? this.value : undefined;
  }

  integer(fallback: number): number {
    return typeof this.value === 'number' && Number.isInteger(this.value) ? this.value : fallback;
  }

  flag(fallback: boolean): boolean {
    return typeof this.value === 'boolean' ? this.value : fallback;
  }

  word<T extends string>(words: readonly [T, ...T[]], fallback: T): T {
    return isWord(this.value, words) ? this.value : fallback;
  }

  /** Reads a written value; a fault inside it is noted where it stands, and undefined returned. */
  parse<T>(read: (text: string) => T): T | undefined {
    const text = this.text();
    if (text === undefined) return undefined;
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof TextFault)) throw error;
      this.fault(error.message, error.wayOut, error.offset);
      return undefined;
    }
  }

  fault(what: string, wayOut: string, offset = 0): void {
    this.source.fault(this.path, what, wayOut, { offset });
  }

  /** A fault of the key, not of what stands under it. */
  faultAtKey(what: string, wayOut: string): void {
    this.source.fault(this.path, what, wayOut, { point: 'key' });
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
