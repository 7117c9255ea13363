/** The XML of S3: two bodies that are read, and all that are written. */
import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { S3Error } from './s3-error.ts';

/** What an element holds: text, elements by name (several of one name as a list), or nothing, which leaves it out. */
export type XmlContent =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlContent[]
  | { readonly [name: string]: XmlContent };

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
/** Throws for what is no UTF-8: another key would be deleted than was meant. */
const decoder = new TextDecoder('utf-8', { fatal: true });
/** Lists that are read have 10,000 entries at the most. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;

/** A document with the namespace of S3; an error has none. */
export function xmlOf(root: string, content: XmlContent, namespace = root === 'Error' ? '' : NAMESPACE): Buffer {
  const open = namespace === '' ? root : `${root} xmlns="${namespace}"`;
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<${open}>${inner(content)}</${root}>`);
}

function inner(content: XmlContent): string {
  if (content === undefined) return '';
  if (typeof content !== 'object') return escaped(String(content));
  return Object.entries(content)
    .map(([name, value]) =>
      Array.isArray(value) ? value.map((one) => element(name, one)).join('') : element(name, value),
    )
    .join('');
}

function element(name: string, content: XmlContent): string {
  return content === undefined ? '' : `<${name}>${inner(content)}</${name}>`;
}

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML 1.0 has no way to write are written as references all the same, as S3 does: `encoding-type=url` avoids them. */
function escaped(text: string): string {
  return text.replace(
    /[&<>"]|\p{Cc}|[\ufffe\uffff]/gu,
    (character) => named[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
  );
}

/** The root of a document whose name is known; throws an S3Error for what is no such document. */
export function readXml(body: Uint8Array, root: string): XmlElement {
  if (body.length > BODY_BYTES_MAX) throw new S3Error('MalformedXML');
  let document;
  try {
    document = parseXml(decoder.decode(body));
  } catch {
    throw new S3Error('MalformedXML');
  }
  if (document.root?.name !== root) throw new S3Error('MalformedXML');
  return document.root;
}

/** The elements of a name right below another. */
export function childrenOf(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((child) => child instanceof XmlElement).filter((child) => child.name === name);
}

/** The text of the one child of a name; throws an S3Error where there is none. */
export function textIn(parent: XmlElement, name: string): string {
  const [child] = childrenOf(parent, name);
  if (!child) throw new S3Error('MalformedXML');
  return child.text;
}
