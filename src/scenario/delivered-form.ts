/**
 * How records stand where they are delivered, and what of what was put can be written again from that: the tag in a record has a
 * checksum over the record as it was put, so whether it came through a function or a conversion unchanged is known where its
 * first text can be restored, and nowhere else.
 */
import type { DeliveryPlan } from './delivery-plan.ts';
import type { FleetPlan, ProduceFleet } from './plan.ts';
import type { FieldPlan, JsonValue } from './put-plan.ts';
import { isNumber, partsOf } from './template.ts';

/** How records stand in the objects of a delivery stream. */
export interface DeliveredForm {
  /** Bytes with a tag at their front, texts with a tag somewhere in them, or rows. */
  readonly framing: 'tagged' | 'text' | 'parquet';
  /** Line feeds: the record's own at its end, the delimiter's behind it, both, none, or whatever a function put there. */
  readonly feeds: 'none' | 'own' | 'after' | 'both' | 'any';
  readonly original: Original;
  /** What tells records apart that carry no tag; absent where all do. */
  readonly field?: FieldPlan;
}

/** What was put, by what is delivered. */
export type Original =
  | { readonly kind: 'same' }
  | { readonly kind: 'text'; readonly parts: readonly (string | { readonly field: string })[] }
  | { readonly kind: 'json'; readonly template: JsonValue }
  /** Why it cannot be told. */
  | { readonly kind: 'unknown'; readonly why: string };

/** What the records that a delivery stream gets look like where it delivers them. */
export function formOf(delivery: DeliveryPlan, fleets: readonly FleetPlan[]): DeliveredForm {
  const { processing, use } = delivery;
  const fed = fedBy(delivery, fleets);
  const delimited = processing?.delimiter === true;
  if (fed.every(({ data }) => data.kind === 'random' || data.kind === 'zeros'))
    return { framing: 'tagged', feeds: delimited ? 'after' : 'none', original: { kind: 'same' } };
  const [field] = fed.flatMap(({ identify }) => (identify.by === 'field' ? [identify.field] : []));
  const told = { original: originalOf(delivery, fed), ...(field && { field }) };
  if (processing?.parquet) return { framing: 'parquet', feeds: 'none', ...told };
  if (processing?.lambda || (use !== undefined && delivery.original !== undefined))
    return { framing: 'text', feeds: 'any', ...told };
  const own = fed.every(({ data }) => data.kind === 'text' && data.template.endsWith('\n'));
  const feeds = own ? (delimited ? 'both' : 'own') : delimited ? 'after' : 'none';
  return { framing: 'text', feeds, ...told };
}

/** The fleets whose records it delivers. */
export function fedBy({ source, alias }: DeliveryPlan, fleets: readonly FleetPlan[]): ProduceFleet[] {
  return fleets.filter(
    (fleet): fleet is ProduceFleet => fleet.kind === 'produce' && fleet.stream === (source ?? alias),
  );
}

function originalOf({ processing, original }: DeliveryPlan, fed: readonly ProduceFleet[]): Original {
  if (original !== undefined) return { kind: 'text', parts: fieldsOf(original) };
  if (processing?.lambda)
    return {
      kind: 'unknown',
      why: 'nobody says how the text that was put is written again from what a function made of it',
    };
  if (!processing?.parquet) return { kind: 'same' };
  const templates = new Set(fed.map(({ data }) => (data.kind === 'json' ? JSON.stringify(data.template) : '')));
  const [first] = fed;
  if (templates.size !== 1 || first?.data.kind !== 'json')
    return { kind: 'unknown', why: 'the records that are converted are of several templates' };
  const { template } = first.data;
  const why = lossOf(template, processing.parquet.columns);
  return why === null ? { kind: 'json', template } : { kind: 'unknown', why };
}

/** `{device},{celsius}` → its parts; `{{` is a brace. */
export function fieldsOf(text: string): (string | { readonly field: string })[] {
  return text
    .split(/(\{\{|\{[^{}]*\})/)
    .filter((part) => part !== '')
    .map((part) => (part === '{{' ? '{' : /^\{.+\}$/.test(part) ? { field: part.slice(1, -1).trim() } : part));
}

/** Types that hold every value of a kind, so that it is read as it was written. */
const faithful = {
  text: ['string'],
  time: ['string', 'timestamp'],
  integer: ['bigint', 'int', 'double', 'string'],
  fraction: ['double', 'string'],
  boolean: ['boolean'],
} as const;

/** What columns lose of an object of JSON; null where nothing. */
function lossOf(template: JsonValue, columns: Readonly<Record<string, string>>): string | null {
  if (typeof template !== 'object' || template === null || Array.isArray(template)) return 'a record is no object';
  const types = new Map(Object.entries(columns).map(([name, type]) => [name.toLowerCase(), type.toLowerCase()]));
  for (const [name, value] of Object.entries(template)) {
    const type = types.get(name.toLowerCase());
    if (type === undefined) return `no column holds ${name}`;
    const kind = kindOf(value);
    if (kind === null) return `${name} is made of parts`;
    if (!faithful[kind].some((each) => each === type))
      return `a column of ${type} does not give ${name} back as it was`;
  }
  return null;
}

function kindOf(value: JsonValue): keyof typeof faithful | null {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'fraction';
  if (typeof value !== 'string') return null;
  const [only, ...others] = partsOf(value);
  if (others.length > 0 || typeof only !== 'object') return 'text';
  if (only.kind === 'time') return 'time';
  if (!isNumber(only)) return 'text';
  return only.kind === 'float' ? 'fraction' : 'integer';
}
