/**
 * The frame of every page: one file that needs nothing else, and a policy in its head that lets run only the script and the
 * style it carries, by hash.
 */
import { createHash } from 'node:crypto';
import { inlinedScript } from './inlined-script.ts';
import { escapeHtml, scriptJson } from './markup.ts';
import { stylesheet } from './stylesheet.ts';

/** A page of a body and the charts it has canvases for; where there can be none, a page without any script. */
export function pageOf(title: string, body: string, specs: readonly unknown[] | null): string {
  const script = specs === null ? null : inlinedScript();
  const policy = [
    "default-src 'none'",
    ...(script === null ? [] : [`script-src '${hashOf(script)}'`]),
    `style-src '${hashOf(stylesheet)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
    '<meta name="color-scheme" content="light dark">\n',
    `<title>${escapeHtml(title)}</title>\n<style>${stylesheet}</style>\n</head>\n<body>\n`,
    body,
    script === null ? '' : `\n<script type="application/json" id="charts">${scriptJson(specs)}</script>\n`,
    script === null ? '' : `<script>${script}</script>`,
    '\n</body>\n</html>\n',
  ].join('');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
