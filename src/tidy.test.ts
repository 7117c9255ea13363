/**
 * The house rules of docs/architecture.md, executed: which part may import which, how large a file may grow, which calls
 * are kept to one place, which names are banned. Each message says why the rule is there.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Parts everyone may import: they know nothing of anyone. */
const ground = [
  'exit-code',
  'operator-error',
  'package',
  'nearest',
  'yaml-syntax',
  'yaml-file',
  'clock',
  'random',
  'protocol',
  'measure',
];

/** part → what it may import besides itself, and why no more. */
const table: Record<string, { may: readonly string[]; because: string }> = {
  'exit-code': { may: [], because: 'it is ground: everything may rest on it, so it rests on nothing' },
  'operator-error': { may: ['exit-code'], because: 'it is ground: everything may rest on it' },
  package: { may: [], because: 'it is ground: it says where the package lies, and nothing more' },
  nearest: { may: [], because: 'it is ground: it compares words, whatever they mean' },
  'script-options': {
    may: ['nearest', 'operator-error'],
    because: 'it reads the options of any script, so it knows none of them',
  },
  'yaml-syntax': { may: [], because: 'it says what is wrong with a file of any part, so it knows none of them' },
  'yaml-file': {
    may: ['nearest', 'operator-error', 'yaml-syntax'],
    because: 'it reads files of any part, so it knows none of them',
  },
  clock: { may: [], because: 'it is ground: everything may rest on it, so it rests on nothing' },
  random: { may: [], because: 'it is ground: everything may rest on it, so it rests on nothing' },
  protocol: { may: [], because: 'it holds facts of Kinesis, and facts depend on no part of ours' },
  measure: { may: [], because: 'histograms must be readable by any later tool without the rest' },
  scenario: {
    may: ['protocol', 'operator-error', 'package', 'nearest', 'exit-code'],
    because: 'the language knows no target, no wire and no clock',
  },
  verify: { may: ['protocol', 'scenario', 'measure'], because: 'checkers are pure functions of a history' },
  target: {
    may: ['protocol', 'wire', 'clock', 'random', 'operator-error', 'package', 'yaml-file', 'exit-code'],
    because: 'a target is started and probed from outside; only target/embedded may know the reference',
  },
  wire: { may: ['protocol', 'clock'], because: 'the client is one independent reading of the protocol' },
  s3: {
    may: ['clock', 'random'],
    because: 'it is a store and a protocol of its own: whoever writes into it or serves it imports it',
  },
  opensearch: {
    may: ['clock'],
    because: 'it is a store and a protocol of its own, as s3 is: whoever serves it imports it',
  },
  reference: {
    may: ['s3', 'protocol', 'clock', 'random', 'operator-error', 'package', 'nearest', 'yaml-file', 'exit-code'],
    because: 'client and server are two independent readings of one protocol: it never imports wire',
  },
  result: {
    may: ['scenario', 'measure', 'verify', 'target', 'protocol', 'exit-code', 'operator-error'],
    because: 'it is the narrow waist: a document, not machinery',
  },
  'document-reader': {
    may: ['operator-error'],
    because: 'it reads documents of any kind, so it knows none of them',
  },
  'result-reader': {
    may: ['result', 'document-reader'],
    because: 'it tells whether a file is a result, whoever asks',
  },
  'result-series': {
    may: ['result', 'scenario', 'exit-code', 'operator-error'],
    because: 'it is a document like the result: what several of them say together',
  },
  'conformance-result': {
    may: ['verify', 'exit-code'],
    because: 'it is the narrow waist of the conformance suite: a document, not machinery',
  },
  'conformance-reader': {
    may: ['conformance-result', 'document-reader', 'verify'],
    because: 'it tells whether a file is a conformance result, whoever asks',
  },
  fleet: {
    may: ['scenario', 'wire', 'measure', 'verify', 'clock', 'random', 'protocol', 'target', 'operator-error'],
    because: 'agents drive and measure; they do not judge, render or start targets',
  },
  run: {
    may: [
      ...ground,
      'scenario',
      'verify',
      'target',
      'wire',
      'fleet',
      'result',
      'result-series',
      'reference',
      'opensearch',
    ],
    because: 'it is the composition root of a run',
  },
  calibrate: {
    may: ['clock', 'random', 'scenario', 'verify', 'target', 'wire', 'fleet', 'measure', 'result', 'run'],
    because: 'it runs this tool from outside against stubs of its own, and reads the result like anybody',
  },
  report: {
    may: [
      'result',
      'result-series',
      'conformance-result',
      'measure',
      'scenario',
      'verify',
      'protocol',
      'exit-code',
      'operator-error',
    ],
    because: 'a report is a pure function of the result document (scenario and verify: types only)',
  },
  gate: {
    may: ['result', 'measure', 'scenario', 'verify', 'exit-code', 'operator-error'],
    because: 'a comparison reads result documents and nothing else (scenario and verify: types only)',
  },
};

/** Parts that only lend their types to these importers. */
const typesOnly: Record<string, readonly string[]> = {
  report: ['scenario', 'verify'],
  gate: ['scenario', 'verify'],
  result: ['scenario', 'verify', 'target', 'measure'],
  'result-series': ['scenario', 'result'],
  'conformance-result': ['verify'],
  'conformance-reader': ['verify'],
};

const conformanceMay = [
  'conformance-result',
  'conformance-reader',
  'protocol',
  'wire',
  'verify',
  'target',
  'clock',
  'random',
  'operator-error',
  'package',
  'nearest',
  'script-options',
  'yaml-file',
  'exit-code',
];

/** Files over 400 lines, each with its reason. */
const longFiles: Record<string, string> = {};

interface Import {
  readonly file: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const files = [...list('src'), ...list('conformance'), ...list('e2e'), ...list('bench'), ...list('fuzz')];

function list(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(
    /(?:^|\n)\s*(import|export)\s+(type\s)?[^;'"]*?from\s+['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]\s*\)/g,
  );
  return [...found].map((match) => ({
    file,
    to: posix.normalize(posix.join(posix.dirname(file), (match[3] ?? match[4])!)),
    typeOnly: match[2] !== undefined,
  }));
}

/** `src/wire/client.ts` → `wire`, `src/clock.ts` → `clock`, `conformance/…` → `conformance`. */
function partOf(file: string): string {
  const [top, second] = file.split('/');
  return top === 'src' ? second!.replace(/(\.test)?\.ts$/, '') : top!;
}

/** Files of the reference that hand requests to operations. */
const frontDoor = /\/(endpoint|admission|request-form)\.ts$/;

function fault({ file, to, typeOnly }: Import): string | undefined {
  const from = partOf(file);
  const into = partOf(to);
  // What a request meets first knows the table of operations; the state they work on does not.
  if (to.startsWith('src/reference/streams/') && /^src\/reference\/[\w-]+\.ts$/.test(file) && !frontDoor.test(file))
    return `${file} imports ${to}: operations are built upon the state, never the other way`;
  if (from === into || file.endsWith('.test.ts') || file.startsWith('e2e/') || /^(bench|fuzz)\//.test(file))
    return undefined;
  if (from === 'cli' || from === 'index') return undefined;
  if (into === 'cli' || into === 'index')
    return `${file} imports ${to}: nothing imports cli or index, they are the outermost layer`;
  // Its page is drawn as reports are. It is run by hand, and no part of what judges.
  if (file.startsWith('conformance/kill-matrix/') && into === 'report') return undefined;
  if (from === 'conformance') {
    return conformanceMay.includes(into)
      ? undefined
      : `${file} imports ${to}: conformance judges from outside, through ${conformanceMay.join(', ')}`;
  }
  if (into === 'reference' && from === 'target') {
    return posix.basename(file).startsWith('embedded')
      ? undefined
      : `${file} imports ${to}: only target/embedded may know the reference`;
  }
  const rule = table[from];
  if (!rule)
    return `${file}: part "${from}" has no row in the import table; give it one in src/tidy.test.ts and docs/architecture.md`;
  if (!rule.may.includes(into))
    return `${file} imports ${to}: ${from} may import ${rule.may.join(', ') || 'nothing of ours'}, because ${rule.because}`;
  if (typesOnly[from]?.includes(into) && !typeOnly)
    return `${file} imports ${to}: only types may cross from ${into} to ${from}`;
  return undefined;
}

describe('imports', () => {
  test('follow the table of docs/architecture.md', () => {
    expect(files.flatMap(importsOf).map(fault).filter(Boolean)).toEqual([]);
  });

  test.each([
    ['src/reference/endpoint.ts', 'src/wire/client.ts'],
    ['src/measure/histogram.ts', 'src/result.ts'],
    ['src/target/emulator.ts', 'src/reference/server.ts'],
    ['src/run/run.ts', 'src/cli/main.ts'],
    ['src/newcomer/a.ts', 'src/clock.ts'],
    ['src/reference/account.ts', 'src/reference/streams/tags.ts'],
  ])('the rule refuses %s → %s', (file, to) => {
    expect(fault({ file, to, typeOnly: false })).toContain(file);
  });

  test('every row of the table is in the architecture page', () => {
    const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    expect(Object.keys(table).filter((part) => !page.includes(`\`${part}\``))).toEqual([]);
  });
});

describe('files', () => {
  test('stay under 400 lines: longer ones hide a second idea', () => {
    const long = files.filter((file) => !(file in longFiles)).map((file) => [lines(file), file] as const);
    expect(long.filter(([count]) => count > 400)).toEqual([]);
  });

  test('stay under 250 lines in nine of ten', () => {
    const sources = files.filter((file) => !file.endsWith('.test.ts')).map((file) => [lines(file), file] as const);
    const over = sources.filter(([count]) => count > 250);
    expect(over.length, `over 250 lines: ${over.join(' · ')}`).toBeLessThanOrEqual(Math.ceil(sources.length / 10));
  });

  test('are named after nouns of the field, not after drawers', () => {
    expect(files.filter((file) => /(^|[/-])(utils?|helpers?|common|misc|shared|lib)([./-]|$)/.test(file))).toEqual([]);
  });
});

function lines(file: string): number {
  return readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length;
}

/** Calls that stand in one place only: call → where, and why. */
const banned: readonly { call: RegExp; only: readonly string[]; because: string }[] = [
  {
    call: /\bDate\.now\(|\bperformance\.now\(|\bhrtime\b/,
    only: ['src/clock.ts'],
    because: 'time comes from a Clock, or no simulation can hold',
  },
  { call: /\bnew Date\(\)/, only: ['src/clock.ts'], because: 'time comes from a Clock, or no simulation can hold' },
  {
    call: /\bsetTimeout\(|\bsetInterval\(/,
    only: ['src/clock.ts'],
    because: 'waiting goes through Clock.sleepUntil, or the virtual clock cannot move it',
  },
  {
    call: /\bMath\.random\(|\brandomBytes\(/,
    only: ['src/random.ts'],
    because: 'randomness is seeded, or no run can be repeated',
  },
];

describe('calls kept to one place', () => {
  test.each(banned)('$call: $because', ({ call, only }) => {
    const sources = files.filter(
      (file) => file.startsWith('src/') && !file.endsWith('.test.ts') && !file.startsWith('src/report/page/'),
    );
    expect(sources.filter((file) => !only.includes(file) && call.test(readFileSync(join(root, file), 'utf8')))).toEqual(
      [],
    );
  });
});
