#!/usr/bin/env node
// The launcher: plain JavaScript that any Node can parse, so that one which is too old says so in a line instead of a
// stack trace. In a clone it runs the sources, in the installed package the build.
import { existsSync } from 'node:fs';
// By its default: an import by name of what an old Node lacks fails before any line runs.
import module from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 12)) {
  console.error(
    'kinebench needs Node.js 24.12 or newer; this is ' +
      process.version +
      '. In a clone, `npx kinebench` brings its own.',
  );
  process.exit(2);
}

// Threads have it by the environment: what they load takes half the time of a start.
module.enableCompileCache();
process.env.NODE_COMPILE_CACHE ??= module.getCompileCacheDir() ?? '';
const source = new URL('../src/cli/main.ts', import.meta.url);
const built = new URL('../dist/src/cli/main.js', import.meta.url);
await import(existsSync(source) ? source.href : built.href);
