/**
 * What is wrong with a text that is no YAML, in words for who wrote it: the parser says where it gave up and which of its own
 * rules is broken, a reader looks for the bracket that was never closed.
 */
import { type Document, isCollection, isScalar, visit, type YAMLParseError } from 'yaml';

/** A fault and where it stands in the text. */
export interface Fault {
  readonly offset: number;
  readonly message: string;
}

const words: Readonly<Partial<Record<YAMLParseError['code'], string>>> = {
  BAD_INDENT: 'this line is indented otherwise than those it belongs to',
  BLOCK_AS_IMPLICIT_KEY: 'a second colon in one line; put the value in quotes, or its keys in braces',
  DUPLICATE_KEY: 'this key stands twice',
  TAB_AS_INDENT: 'indented by a tab, where YAML takes blanks only',
};

/** A fault of the text itself. What is never closed is told where it opens, not where the text ends without it. */
export function syntaxFault({ code, message, pos: [offset] }: YAMLParseError, text: string, document: Document): Fault {
  if (code === 'MISSING_CHAR' || message.startsWith('Flow')) {
    const opened = lastOpen(document, text, offset);
    if (opened !== undefined) return { offset: opened, message: `this ${text[opened]} is never closed` };
  }
  return { offset, message: words[code] ?? `this is no YAML: ${message}` };
}

/** What a text says; adds a fault, and gives undefined, where a name in it stands for nothing or for far too much. */
export function valueOf(document: Document, faults: Fault[]): unknown {
  try {
    return document.toJS();
  } catch (error) {
    faults.push({ offset: 0, message: `this is no YAML: ${error instanceof Error ? error.message : String(error)}` });
    return undefined;
  }
}

/** Where the last bracket or quotation mark stands that nothing closes. */
function lastOpen(document: Document, text: string, before: number): number | undefined {
  const closing: Readonly<Record<string, string>> = { '{': '}', '[': ']', '"': '"', "'": "'" };
  let found: number | undefined;
  visit(document, (_key, node) => {
    if (!(isCollection(node) || isScalar(node)) || !node.range) return;
    const [start, end] = node.range;
    const close = closing[text[start] ?? ''];
    const closed = end - start > 1 && text[end - 1] === close;
    if (close !== undefined && !closed && start < before) found = Math.max(found ?? 0, start);
  });
  return found;
}
