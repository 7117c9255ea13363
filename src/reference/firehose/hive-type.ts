/** Types of columns as Hive and the Glue Data Catalog write them: `bigint`, `decimal(10,2)`, `array<struct<a:int,b:string>>`. */

/** A type that JSON can be read into. */
export type HiveType =
  | { readonly kind: 'boolean' | 'float' | 'double' | 'string' | 'date' | 'timestamp' }
  | { readonly kind: 'int'; readonly bits: 8 | 16 | 32 | 64 }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'array'; readonly element: HiveType }
  | { readonly kind: 'map'; readonly value: HiveType }
  | { readonly kind: 'struct'; readonly fields: readonly HiveField[] };

/** A column, or a member of a struct. */
export interface HiveField {
  readonly name: string;
  readonly type: HiveType;
}

const simple: Readonly<Record<string, HiveType>> = {
  boolean: { kind: 'boolean' },
  tinyint: { kind: 'int', bits: 8 },
  smallint: { kind: 'int', bits: 16 },
  int: { kind: 'int', bits: 32 },
  integer: { kind: 'int', bits: 32 },
  bigint: { kind: 'int', bits: 64 },
  float: { kind: 'float' },
  double: { kind: 'double' },
  string: { kind: 'string' },
  date: { kind: 'date' },
  timestamp: { kind: 'timestamp' },
  decimal: { kind: 'decimal', precision: 10, scale: 0 },
};

const DECIMAL_PRECISION_MAX = 38;
/** Types within types: so deep and no deeper, for whoever wrote it has made a mistake. */
const DEPTH_MAX = 20;

/** Reads a type; undefined for a text that is none, or one that JSON has no values for (`binary`). */
export function readHiveType(text: string): HiveType | undefined {
  const reader = new TypeReader(text.toLowerCase().replaceAll(/\s/g, ''));
  const type = reader.type(0);
  return reader.done ? type : undefined;
}

class TypeReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at === this.#text.length;
  }

  type(depth: number): HiveType | undefined {
    const word = this.#take(/[a-z]+/y);
    if (word === undefined || depth > DEPTH_MAX) return undefined;
    if (word === 'array') return this.#array(depth);
    if (word === 'map') return this.#map(depth);
    if (word === 'struct') return this.#struct(depth);
    if (word === 'char' || word === 'varchar') return this.#take(/\(\d+\)/y) ? { kind: 'string' } : undefined;
    const size = word === 'decimal' ? this.#take(/\(\d+(,\d+)?\)/y) : undefined;
    return size === undefined ? (Object.hasOwn(simple, word) ? simple[word] : undefined) : decimalOf(size);
  }

  #array(depth: number): HiveType | undefined {
    const element = this.#take(/</y) && this.type(depth + 1);
    return element && this.#take(/>/y) ? { kind: 'array', element } : undefined;
  }

  /** Keys of JSON are texts. */
  #map(depth: number): HiveType | undefined {
    const value = this.#take(/<string,/y) && this.type(depth + 1);
    return value && this.#take(/>/y) ? { kind: 'map', value } : undefined;
  }

  #struct(depth: number): HiveType | undefined {
    const fields: HiveField[] = [];
    for (let mark = this.#take(/</y); mark === '<' || mark === ','; mark = this.#take(/[,>]/y)) {
      const name = this.#take(/[^:<>,]+:/y)?.slice(0, -1);
      const type = name === undefined ? undefined : this.type(depth + 1);
      if (name === undefined || !type) return undefined;
      fields.push({ name, type });
    }
    return fields.length > 0 && this.#text[this.#at - 1] === '>' ? { kind: 'struct', fields } : undefined;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }
}

function decimalOf(size: string): HiveType | undefined {
  const [precision = 0, scale = 0] = size.slice(1, -1).split(',').map(Number);
  const fits = precision >= 1 && precision <= DECIMAL_PRECISION_MAX && scale <= precision;
  return fits ? { kind: 'decimal', precision, scale } : undefined;
}
