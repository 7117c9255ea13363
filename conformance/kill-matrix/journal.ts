/**
 * Sessions that were judged, a line each, written as they end: a run that is stopped goes on where it was, and runs of parts, here
 * or on other machines, come to one matrix. A line counts as long as everything its session was made of is what it was: each
 * has a digest of the sources of the frame, of the reference and of its own statements.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { packageRoot } from '../../src/package.ts';
import type { JudgedSession, SessionOrder } from './cell.ts';

interface Line {
  readonly sources: string;
  readonly order: SessionOrder;
  readonly judged: JudgedSession;
}

type Judge = (order: SessionOrder) => Promise<JudgedSession>;

export class Journal {
  readonly #path: string;
  readonly #known = new Map<string, JudgedSession>();
  readonly #digests = new Map<string, string>();
  /** Sessions that were found and not judged again. */
  found = 0;

  /** @param others journals that are read and not written */
  constructor(path: string, others: readonly string[] = []) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    if (existsSync(path)) {
      this.#read(path);
      // A run that was killed may have left half a line.
      if (!readFileSync(path, 'utf8').endsWith('\n')) appendFileSync(path, '\n');
    }
    for (const file of others) this.#read(file);
  }

  /** Gives what is known, and lets `judge` judge the rest. */
  around(judge: Judge): Judge {
    return async (order) => {
      const sources = this.#sourcesOf(order.statements);
      const known = this.#known.get(keyOf(sources, order));
      if (known) {
        this.found += 1;
        return known;
      }
      const judged = await judge(order);
      // What took too long may have done so for want of a processor.
      if (judged.cells.some(({ outcome }) => outcome === 'hung')) return judged;
      const line: Line = { sources, order, judged };
      appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
      return judged;
    };
  }

  #read(file: string): void {
    for (const text of readFileSync(file, 'utf8').split('\n')) {
      const line = lineOf(text);
      if (line) this.#known.set(keyOf(line.sources, line.order), line.judged);
    }
  }

  #sourcesOf(ids: readonly string[]): string {
    const key = ids.join();
    const known = this.#digests.get(key) ?? digestOf(ids);
    this.#digests.set(key, known);
    return known;
  }
}

/** Nothing for half a line. */
function lineOf(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

function keyOf(sources: string, { statements, seed, faults, control = '' }: SessionOrder): string {
  return [sources, statements, seed, faults, control].join(' ');
}

/** Where every statement is imported: each session depends on its own only. */
const REGISTRY = 'conformance/registry.ts';

function digestOf(ids: readonly string[]): string {
  const own = ids.map((id) => `conformance/${id.split('-')[1]!.toLowerCase()}/${id.toLowerCase()}.ts`);
  const figures = ['limits', 'latency', 'targets'].flatMap((folder) =>
    readdirSync(join(packageRoot, folder)).map((name) => `${folder}/${name}`),
  );
  const here = relative(packageRoot, join(import.meta.dirname, 'cell.ts')).replaceAll('\\', '/');
  const hash = createHash('sha256');
  for (const file of [...importedBy([here, ...own]), ...figures].sort()) hash.update(`${file}\n${textOf(file)}\n`);
  return hash.digest('hex').slice(0, 16);
}

/** These files and what they import, directly or not. */
function importedBy(files: readonly string[]): Set<string> {
  const met = new Set<string>();
  const waiting = [...files];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (met.has(file) || file === REGISTRY) continue;
    met.add(file);
    for (const [, path] of textOf(file).matchAll(/from '(\.[^']+)'/g)) {
      waiting.push(posix.join(posix.dirname(file), path!));
    }
  }
  return met;
}

const texts = new Map<string, string>();

function textOf(file: string): string {
  const text = texts.get(file) ?? readFileSync(join(packageRoot, file), 'utf8');
  texts.set(file, text);
  return text;
}
