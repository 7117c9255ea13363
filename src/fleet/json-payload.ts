/**
 * Records as JSON texts, made of the fleet's template: what its placeholders stand for is drawn from the agent's own seeded
 * generator, the time is when the record is due. The whole text is made when the record falls due, since only then its size is known.
 */
import type { Random } from '../random.ts';
import { partitionKeyOf } from '../scenario/key.ts';
import type { JsonValue } from '../scenario/put-plan.ts';
import { isNumber, type Part, partsOf, type Placeholder } from '../scenario/template.ts';
import { openTag, sealTag } from '../verify/text-tag.ts';
import type { Draft, Payloads } from './payload.ts';

const words =
  'amber anchor apple arrow autumn basil beacon birch bridge candle canyon cedar cinder clover cobalt copper coral crane delta ember falcon fern field flint forest garnet ginger glacier harbor hazel indigo island ivory juniper kettle lantern lemon linen maple marble meadow mint mosaic nectar oasis ochre olive onyx orchid pebble pepper pine prairie quartz raven river saffron sage silver spruce summit thistle timber velvet willow'.split(
    ' ',
  );

interface Filling {
  readonly counter: number;
  readonly dueNs: number;
  readonly key: number;
  readonly tag: string;
}

/** What a JSON fleet's agent needs of its run. */
export interface JsonSource {
  readonly template: JsonValue;
  /** An object of JSON, or a text as it stands. */
  readonly form: 'json' | 'text';
  readonly run: string;
  readonly producer: number;
  readonly nextKey: () => number;
  readonly random: Random;
  /** Wall-clock time, ms since the epoch, of a monotonic time in ns. */
  readonly wallMs: (atNs: number) => number;
  /** Value of the field that tells the records apart, from the finished text; null where a tag or the place does. */
  readonly identityOf: ((data: Buffer) => string | undefined) | null;
}

export class JsonPayloads implements Payloads {
  readonly #source: JsonSource;
  /** The template's text, cut at its placeholders. */
  readonly #pieces: readonly Part[];

  constructor(source: JsonSource) {
    this.#source = source;
    const { form, template } = source;
    this.#pieces = form === 'text' && typeof template === 'string' ? partsOf(template) : joined(piecesOf(template));
  }

  draft(counter: number, dueNs: number): Draft {
    const { run, producer, nextKey, identityOf } = this.#source;
    const key = nextKey();
    const tag = openTag(run, { producer, counter, dueNs, key });
    const filling = { counter, dueNs, key, tag };
    const text = this.#pieces.map((piece) => (typeof piece === 'string' ? piece : this.#fill(piece, filling))).join('');
    const made = Buffer.from(text);
    if (text.includes(tag)) sealTag(made, tag);
    return { key, partitionKey: partitionKeyOf(key), dataBytes: made.length, made, identity: identityOf?.(made) };
  }

  data({ made }: Draft): Buffer {
    return made!;
  }

  #fill(placeholder: Placeholder, { counter, dueNs, key, tag }: Filling): string {
    const { random, wallMs } = this.#source;
    switch (placeholder.kind) {
      case 'id':
        return tag;
      case 'counter':
        return String(counter);
      case 'key':
        return partitionKeyOf(key);
      case 'time':
        return new Date(wallMs(dueNs)).toISOString();
      case 'time-ms':
        return String(Math.floor(wallMs(dueNs)));
      case 'uuid':
        return uuidOf(random);
      case 'int':
        return String(placeholder.from + random.below(placeholder.to - placeholder.from + 1));
      case 'float':
        return String(Number((placeholder.from + random.uniform() * (placeholder.to - placeholder.from)).toFixed(6)));
      case 'word':
        return words[random.below(words.length)]!;
      case 'words':
        return Array.from({ length: placeholder.count }, () => words[random.below(words.length)]!).join(' ');
    }
  }
}

/** 32 random digits in the form of a UUID of version 4. */
function uuidOf(random: Random): string {
  const digits = Array.from({ length: 4 }, () => random.uint32().toString(16).padStart(8, '0')).join('');
  const variant = '89ab'[random.below(4)]!;
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`;
}

function* piecesOf(value: JsonValue): Generator<Part> {
  if (typeof value === 'string') {
    const parts = partsOf(value);
    const [only] = parts;
    if (parts.length === 1 && typeof only === 'object' && isNumber(only)) yield only;
    else {
      yield '"';
      for (const part of parts) yield typeof part === 'string' ? JSON.stringify(part).slice(1, -1) : part;
      yield '"';
    }
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield index === 0 ? '[' : ',';
      yield* piecesOf(item as JsonValue);
    }
    yield value.length === 0 ? '[]' : ']';
  } else if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value);
    for (const [index, [field, inner]] of fields.entries()) {
      yield `${index === 0 ? '{' : ','}${JSON.stringify(field)}:`;
      yield* piecesOf(inner);
    }
    yield fields.length === 0 ? '{}' : '}';
  } else yield JSON.stringify(value);
}

/** Neighbouring texts as one. */
function joined(pieces: Iterable<Part>): Part[] {
  const whole: Part[] = [];
  for (const piece of pieces) {
    const last = whole.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') whole[whole.length - 1] = last + piece;
    else whole.push(piece);
  }
  return whole;
}
