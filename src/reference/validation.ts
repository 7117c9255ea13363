/**
 * Checks a request against its shape the way AWS was seen to do it: one wrong type is a SerializationException and ends
 * the matter; otherwise every violated constraint is counted, ten are listed, and the message is one ValidationException.
 * One walk does both, and leaves the members as operations take them: a null one is absent, a fraction in an integer is cut
 * off, times are epoch seconds, blobs are bytes. Members that the operation does not know are taken out, since who reads the
 * request later goes by their names: one beside those that were checked could name another stream. Nothing is allocated for
 * a request without faults.
 */
import { firehoseShapes } from '../protocol/firehose/shapes.ts';
import type { BlobShape, MapShape, Shape, StringShape, StructureShape } from '../protocol/shapes.ts';
import { BlobRoom } from './blob-room.ts';
import { EpochMs } from './cbor-reader.ts';
import type { StreamFaults } from './faults.ts';
import { Refusal } from './refusal.ts';

/** At most this many violations are listed (observed); all are counted. */
const VIOLATIONS_LISTED_MAX = 10;
/**
 * The longest text that the model allows where it has a pattern: a longer one is said to be too long, and is not held against
 * the pattern (assumed). Those of ARNs take time in the square of the length, hours for a text of the largest body.
 */
const PATTERN_LENGTH_MAX = 2048;

/** What `fh.batch-501` is about. */
const batch = firehoseShapes.PutRecordBatch.members.Records;

const room = new BlobRoom();

/**
 * The refusal that a request earns, or undefined when it has the right shape. `blobs` is how the request writes them; they
 * are bytes afterwards, and theirs only until the next request is checked.
 */
export function check(
  shape: StructureShape,
  input: unknown,
  blobs: 'base64' | 'bytes',
  faults: StreamFaults,
): Refusal | undefined {
  room.empty();
  const walk = new Walk(blobs, faults);
  const wrongType = walk.value(shape, input);
  if (wrongType !== undefined) return new Refusal('SerializationException', wrongType);
  if (isObject(input)) for (const name in input) if (!Object.hasOwn(shape.members, name)) delete input[name];
  return walk.refusal();
}

/** The ValidationException for violations already phrased. */
export class Violation extends Refusal {
  readonly texts: readonly string[];

  /** The first of them, as many as are listed at least, and how many there are. */
  constructor(texts: readonly string[], count = texts.length) {
    const plural = count === 1 ? '' : 's';
    const listed = texts.slice(0, VIOLATIONS_LISTED_MAX).join('; ');
    super('ValidationException', `${count} validation error${plural} detected: ${listed}`);
    this.texts = texts;
  }
}

/** The one for all violations of a request: it names them all, unless a fault is armed. */
export function violationOf(texts: readonly string[], faults: StreamFaults, count = texts.length): Violation {
  return count > 1 && faults.fires('api.first-error-only')
    ? new Violation(texts.slice(0, 1))
    : new Violation(texts, count);
}

/**
 * One walk over a request. Methods that return a string return the text of a type fault. The way to the value at hand is
 * a stack of names and list positions, put into words only for a violation: this stands on the path of every record put.
 */
class Walk {
  readonly #blobs: 'base64' | 'bytes';
  readonly #faults: StreamFaults;
  /** The bytes of the blob that was looked at last. */
  #bytes: Uint8Array | undefined;
  /** Those that are listed: a body of the largest size can hold millions. */
  #violations: string[] | undefined;
  #violationCount = 0;
  readonly #way: (string | number)[] = [];

  constructor(blobs: 'base64' | 'bytes', faults: StreamFaults) {
    this.#blobs = blobs;
    this.#faults = faults;
  }

  refusal(): Refusal | undefined {
    const all = this.#violations;
    if (!all) return undefined;
    return violationOf(all, this.#faults, this.#violationCount);
  }

  value(shape: Shape, value: unknown): string | undefined {
    if (value === undefined || value === null) {
      if (shape.required) this.#add(null, 'Member must not be null');
      return undefined;
    }
    switch (shape.type) {
      case 'string':
        return typeof value === 'string' ? this.#string(shape, value) : wrongScalar(value, 'an String');
      case 'blob':
        return this.#blob(shape, value);
      case 'integer':
        if (typeof value !== 'number' && typeof value !== 'bigint') return wrongScalar(value, 'an Integer');
        this.#range(
          shape,
          Math.trunc(Number(value)),
          String(typeof value === 'number' ? Math.trunc(value) : value),
          'value',
        );
        return undefined;
      case 'double':
        if (typeof value !== 'number') return wrongScalar(value, 'a Double');
        this.#range(shape, value, String(value), 'value');
        return undefined;
      case 'timestamp':
        return typeof value === 'number' || value instanceof EpochMs ? undefined : wrongScalar(value, 'a Date');
      case 'boolean':
        return typeof value === 'boolean' ? undefined : wrongScalar(value, 'an Boolean');
      case 'list':
        if (!Array.isArray(value)) return isObject(value) ? structureFound : 'Expected list or null';
        this.#range(shape, value.length, undefined, 'length');
        if (shape.member.type === 'string') return this.#texts(shape.member, value);
        return this.#each(value, (member, index) => this.#step(index + 1, shape.member, member));
      case 'map':
        if (!isObject(value) || Array.isArray(value)) return 'Expected map or null';
        return this.#map(shape, Object.entries(value));
      case 'structure':
        break;
    }
    if (Array.isArray(value)) return listFound;
    return isObject(value) ? this.#structure(shape, value) : 'Expected null';
  }

  #step(name: string | number, shape: Shape, value: unknown): string | undefined {
    this.#way.push(name);
    const wrongType = this.value(shape, value);
    this.#way.pop();
    return wrongType;
  }

  #each<T>(values: readonly T[], visit: (value: T, index: number) => string | undefined): string | undefined {
    for (let index = 0; index < values.length; index += 1) {
      const wrongType = visit(values[index]!, index);
      if (wrongType !== undefined) return wrongType;
    }
    return undefined;
  }

  #structure(shape: StructureShape, value: Record<string, unknown>): string | undefined {
    for (const name in shape.members) {
      const part = shape.members[name]!;
      let member = Object.hasOwn(value, name) ? value[name] : undefined;
      if (member !== undefined && this.#faults.has('api.coerce-types')) {
        value[name] = member = this.#coerced(part, member);
      }
      const wrongType = this.#step(name, part, member);
      if (wrongType !== undefined) return wrongType;
      if (member === null) delete value[name];
      else if (part.type === 'blob' && member !== undefined) value[name] = this.#bytes;
      else if (part.type === 'integer' && member !== undefined) value[name] = Math.trunc(Number(member));
      else if (member instanceof EpochMs) value[name] = member.ms / 1000;
    }
    return undefined;
  }

  /** The member as `api.coerce-types` takes it. */
  #coerced({ type }: Shape, member: unknown): unknown {
    const texted = type === 'string' && (typeof member === 'number' || typeof member === 'boolean');
    if (texted && this.#faults.fires('api.coerce-types')) return String(member);
    const numbered = type === 'integer' && typeof member === 'string' && /^\d{1,15}$/.test(member);
    return numbered && this.#faults.fires('api.coerce-types') ? Number(member) : member;
  }

  #string(shape: StringShape, value: string): string | undefined {
    // Half a surrogate pair is no character and has no bytes in UTF-8: stored, it would come back as another one (assumed).
    if (!value.isWellFormed()) return 'The text holds half a surrogate pair';
    if (shape.max !== undefined || shape.min !== undefined) {
      let length = lengthOf(value, shape.max);
      if (this.#faults.has('part.length-in-bytes') && this.#way.at(-1) === 'PartitionKey') {
        const bytes = Buffer.byteLength(value);
        if (bytes !== length && this.#faults.fires('part.length-in-bytes')) length = bytes;
      }
      this.#range(shape, length, value, 'length');
    }
    const bounded = shape.max === undefined || value.length <= PATTERN_LENGTH_MAX;
    if (shape.pattern && bounded && !shape.pattern.whole.test(value)) {
      this.#add(value, `Member must satisfy regular expression pattern: ${shape.pattern.text}`);
    }
    if (shape.values && !shape.values.includes(value)) {
      this.#add(value, `Member must satisfy enum value set: [${shape.values.join(', ')}]`);
    }
    return undefined;
  }

  #blob(shape: BlobShape, value: unknown): string | undefined {
    let bytes = value instanceof Uint8Array ? value : undefined;
    if (typeof value === 'string' && this.#blobs === 'base64') {
      if (value.length % 4 !== 0) {
        return `'${value.length}' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: ${value.length}`;
      }
      bytes = room.decode(value);
      if (!bytes) return 'Invalid Base64 character';
    }
    if (!bytes) return wrongScalar(value, 'a Blob');
    this.#bytes = bytes;
    this.#range({ max: shape.max }, bytes.length, undefined, 'length');
    return undefined;
  }

  /** A list of texts answers for its members: its own path, and their constraints in brackets (observed for tag keys). */
  #texts(shape: StringShape, values: readonly unknown[]): string | undefined {
    const wrong = values.find((value) => typeof value !== 'string');
    if (wrong !== undefined) return wrongScalar(wrong, 'an String');
    if (shape.max !== undefined && values.some((value) => isOutside(shape, value))) {
      this.#add(undefined, `Member must satisfy constraint: ${boundsOf(shape)}`);
    }
    if (shape.values && !values.every((value) => shape.values!.some((allowed) => allowed === value))) {
      const constraint = `Member must satisfy enum value set: [${shape.values.join(', ')}]`;
      this.#add(undefined, `Member must satisfy constraint: [${constraint}]`);
    }
    return undefined;
  }

  #map(shape: MapShape, entries: readonly (readonly [string, unknown])[]): string | undefined {
    const wrong = entries.find(([, value]) => typeof value !== 'string');
    if (wrong) return wrongScalar(wrong[1], 'an String');
    this.#range(shape, entries.length, undefined, 'length');
    if (entries.some(([key]) => isOutside(shape.key, key))) {
      this.#add(undefined, `Map keys must satisfy constraint: ${boundsOf(shape.key)}`);
    }
    if (entries.some(([, value]) => isOutside(shape.value, value))) {
      this.#add(undefined, `Map value must satisfy constraint: ${boundsOf(shape.value)}`);
    }
    return undefined;
  }

  #range(
    bounds: { readonly min?: number; readonly max?: number },
    size: number,
    shown: string | undefined,
    what: 'length' | 'value',
  ): void {
    const { max } = bounds;
    const above = max !== undefined && size > max;
    const below = bounds.min !== undefined && size < bounds.min;
    if (!above && !below) return;
    const member = this.#way.at(-1);
    if (member === 'MaxRecordSizeInKiB' && this.#faults.fires('lr.range')) return;
    if (member === 'RetentionPeriodHours' && this.#faults.fires('ret.bounds-off')) return;
    if (bounds === batch && size === max! + 1 && this.#faults.fires('fh.batch-501')) return;
    if (above && !(size === max + 1 && this.#faults.fires('api.max-off-by-one'))) {
      this.#add(shown, `Member must have ${what} less than or equal to ${max}`);
    }
    if (below) {
      this.#add(shown, `Member must have ${what} greater than or equal to ${bounds.min}`);
    }
  }

  /** A null is shown as such, a text in quotes, and what is large or binary not at all (as newer answers do). */
  #add(shown: string | null | undefined, constraint: string): void {
    this.#violationCount += 1;
    if (this.#violationCount > VIOLATIONS_LISTED_MAX) return;
    const value = shown === null ? 'Value null' : shown === undefined ? 'Value' : `Value '${shown}'`;
    (this.#violations ??= []).push(
      `${value} at '${this.#way.map(worded).join('.')}' failed to satisfy constraint: ${constraint}`,
    );
  }
}

/** Whether a value is a list, a map or a structure, and no scalar that is an object here. */
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && !(value instanceof EpochMs);
}

const listFound = 'Start of list found where not expected';
const structureFound = 'Start of structure or map found where not expected.';

function wrongScalar(value: unknown, wanted: string): string {
  if (Array.isArray(value)) return listFound;
  if (isObject(value)) return structureFound;
  return `class ${javaClassOf(value)} can not be converted to ${wanted}`;
}

/** The class that AWS names; of bytes and times, which only CBOR has, it is assumed. */
function javaClassOf(value: unknown): string {
  if (value instanceof Uint8Array) return 'java.nio.HeapByteBuffer';
  if (value instanceof EpochMs) return 'java.util.Date';
  if (typeof value === 'string') return 'java.lang.String';
  if (typeof value === 'boolean') return 'java.lang.Boolean';
  return 'com.amazon.coral.value.json.numbers.TruncatingBigNumber';
}

/** Characters of a text; code points are counted only where UTF-16 units exceed the bound. */
function lengthOf(text: string, max = 0): number {
  return text.length > max ? Array.from(text).length : text.length;
}

/** Whether a text is longer or shorter than its shape allows. */
function isOutside(shape: StringShape, text: unknown): boolean {
  return typeof text === 'string' && (lengthOf(text, shape.max) > shape.max! || text.length < shape.min!);
}

function boundsOf({ min, max }: StringShape): string {
  return `[Member must have length less than or equal to ${max}, Member must have length greater than or equal to ${min}]`;
}

/** `StreamName` is written `streamName`, the second member of a list `2.member`. */
function worded(name: string | number): string {
  return typeof name === 'number' ? `${name}.member` : name[0]!.toLowerCase() + name.slice(1);
}
