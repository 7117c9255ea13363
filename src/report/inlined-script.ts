/**
 * The scripts that go into the page: chart.js as it lies in node_modules, and our own, whose types are stripped when run
 * from source and which is read as built from the package.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** In this order: a later file uses what an earlier one declares. */
const pageFiles = ['palette', 'line-chart', 'bar-chart', 'page'];

/** chart.js and the page's own script as one text that can stand inside a script element. */
export function inlinedScript(): string {
  const chart = createRequire(import.meta.url).resolve('chart.js');
  const library = readFileSync(join(dirname(chart), 'chart.umd.min.js'), 'utf8');
  const own = pageFiles.map(readPageFile).join('\n');
  const text = [library.split('//# sourceMappingURL')[0]!, `(() => {\n'use strict';\n${own}\n})();`].join('\n');
  if (/<\/script|<!--/i.test(text)) throw new Error('a script of the page would end its own element');
  return text.split('\r').join('');
}

function readPageFile(name: string): string {
  const folder = join(dirname(fileURLToPath(import.meta.url)), 'page');
  const built = join(folder, `${name}.js`);
  if (existsSync(built)) return readFileSync(built, 'utf8');
  return quietly(() => stripTypeScriptTypes(readFileSync(join(folder, `${name}.ts`), 'utf8')));
}

/** Node calls the stripping of types experimental on every first use; a report run from source need not say so. */
function quietly<T>(work: () => T): T {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}
