/**
 * The output key template of a channel: text and variables `!{…}` (source: the developer guide, S3 output key template). A unique suffix
 * goes with every key; that it stands before the extension is assumed, and so is that times are those of the oldest record of an
 * object. What is wrong with a template shows when the channel is made (texts assumed).
 */
import { uuid } from '../firehose/object-key.ts';
import type { Random } from '../../random.ts';

/** What a channel without one gets. */
export const OUTPUT_KEY_TEMPLATE_DEFAULT =
  'kinesis-channel/!{channel-name}/!{channel-id}/!{yyyy}/!{MM}/!{dd}/!{HH}/!{channel-name}-!{channel-id}-!{yyyy}-!{MM}-!{dd}-!{HH}-!{mm}!{extension}';

/** Characters of an expanded template at the most: a key has 1,024, and the suffix up to 38 of them. */
const EXPANDED_MAX = 986;

/** Whom keys are written for. */
export interface KeyOwner {
  readonly name: string;
  readonly id: string;
  readonly streamName: string;
}

/** What an object is compressed by, as far as its key shows it. */
export interface KeyCompression {
  readonly extension: string;
}

const times: Readonly<Record<string, (iso: string) => string>> = {
  yyyy: (iso) => iso.slice(0, 4),
  yy: (iso) => iso.slice(2, 4),
  MM: (iso) => iso.slice(5, 7),
  dd: (iso) => iso.slice(8, 10),
  HH: (iso) => iso.slice(11, 13),
  mm: (iso) => iso.slice(14, 16),
};

/** The key of an object whose oldest record arrived at `atMs`, and its last segment without the extension. */
export function writeKey(
  template: string,
  owner: KeyOwner,
  compression: KeyCompression,
  atMs: number,
  random: Random,
): { readonly key: string; readonly file: string } {
  const [, stem = template, literal] = /^(.*)!\{extension(?::([^}]*))?\}$/s.exec(template) ?? [];
  const extension = stem === template ? '' : (literal ?? compression.extension);
  const named = `${expand(stem, owner, atMs)}-${uuid(random)}`;
  return { key: `${named}${extension}`, file: named.slice(named.lastIndexOf('/') + 1) };
}

/** What is wrong with a template. */
export function wrongTemplate(template: string, owner: KeyOwner, compression: KeyCompression): string | undefined {
  const placeholders = [...template.matchAll(/!\{([^}]*)\}/g)].map(([, name]) => name!);
  const text = template.replaceAll(/!\{[^}]*\}/g, '');
  if (text.includes('!{')) return 'a placeholder is never closed';
  if (/[^0-9A-Za-z!\-_'.*()/=]/.test(text)) return 'it has characters that may not be in it';
  const extensions = placeholders.filter(isExtension);
  const unknown = placeholders.find((name) => !isExtension(name) && !isVariable(name));
  if (unknown !== undefined) return `!{${unknown}} is not a variable`;
  if (extensions.length > 1) return 'it has more than one extension';
  if (extensions.length === 1 && !template.endsWith(`!{${extensions[0]}}`)) return 'the extension is not at its end';
  if (extensions.length === 0 && compression.extension !== '')
    return 'it has no extension, which it must have where objects are compressed';
  const path = template.replaceAll(/!\{[^}]*\}/g, 'x');
  if (path.startsWith('/')) return 'it starts with a slash';
  if (path.includes('//')) return 'it has consecutive slashes';
  if (path.includes('..') || path.split('/').includes('.')) return 'it has a path traversal';
  return expand(template, owner, 0).length > EXPANDED_MAX
    ? `it has more than ${EXPANDED_MAX} characters once it is expanded`
    : undefined;
}

function isExtension(name: string): boolean {
  return name === 'extension' || /^extension:\.[a-z.]+$/.test(name);
}

function isVariable(name: string): boolean {
  return Object.hasOwn(times, name) || ['channel-name', 'channel-id', 'stream-name'].includes(name);
}

function expand(template: string, { name, id, streamName }: KeyOwner, atMs: number): string {
  const iso = new Date(atMs).toISOString();
  const names: Readonly<Record<string, string>> = { 'channel-name': name, 'channel-id': id, 'stream-name': streamName };
  return template.replaceAll(/!\{([^}]*)\}/g, (_, variable: string) => {
    const [, extension = ''] = /^extension:(.*)$/.exec(variable) ?? [];
    return times[variable]?.(iso) ?? names[variable] ?? extension;
  });
}
