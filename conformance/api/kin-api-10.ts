/** KIN-API-10: the pages of ListStreams hold every stream, each once. */
import { NS_PER_S } from '../../src/clock.ts';
import { LIST_STREAMS_PAGE } from '../../src/protocol/limits.ts';
import type { ListStreamsInput } from '../../src/protocol/operations.ts';
import { type Context, Unobservable } from '../context.ts';
import { broken, holds, statement } from '../statement.ts';
import { activated, comesTrue, tidied } from './own-streams.ts';

/** How long a list may lack a new stream, in ns. */
const FRESH_NS = 10 * NS_PER_S;
/** Pages that are turned at the most, until those of the check are behind. */
const PAGES_MAX = 40;

export const kinApi10 = statement({
  id: 'KIN-API-10',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'The pages of ListStreams hold every stream once, by name and by token; HasMoreStreams says whether another page follows; a page has at most Limit streams, and at most 100.',
  source: 'ListStreams',
  fault: 'list.page-drop-boundary',
  needs: [],
  uses: { streams: [1, 1, 1, 1] },
  exercises: { 'streams to list': 4, 'pages turned': 8 },
  check: async (context) => {
    const shared = await context.stream(1);
    // The names stand next to each other in the list, and after the one that it is asked to begin after.
    const names = ['a', 'b', 'c', 'd'].map((letter) => `${shared.name}-api-10-${letter}`);
    try {
      // All at once, since each takes up to half a minute; five may be CREATING at a time.
      for (const StreamName of names) await context.send('CreateStream', { StreamName, ShardCount: 1 });
      for (const name of names) await activated(context, name);
      context.count('streams to list', names.length);
      let fault: string | undefined;
      let said = '';
      // Nobody promises that a list knows a new stream at once.
      await comesTrue(context, FRESH_NS, async () => {
        const chains = await chainsOf(context, shared.name);
        said = `four streams were in ${chains.map(({ pages }) => pages.length).join(', ')} pages once each`;
        fault = chains.map((chain) => faultIn(chain, names)).find((found) => found !== undefined);
        return fault === undefined;
      });
      return fault === undefined ? holds(said) : broken(fault);
    } finally {
      await tidied(context, names);
    }
  },
});

/** The pages that were turned, one after the other. */
interface Chain {
  readonly by: 'name' | 'token';
  readonly pages: readonly Page[];
}

interface Page {
  readonly names: readonly string[];
  readonly more: boolean;
  readonly limit: number | undefined;
  readonly token: string | undefined;
}

async function page(context: Context, input: ListStreamsInput): Promise<Page> {
  const { StreamNames, HasMoreStreams, NextToken } = await context.send('ListStreams', input);
  if (!Array.isArray(StreamNames)) throw new Unobservable('ListStreams was answered without StreamNames');
  context.count('pages turned');
  return { names: StreamNames, more: HasMoreStreams, limit: input.Limit, token: NextToken || undefined };
}

async function chainsOf(context: Context, after: string): Promise<Chain[]> {
  return [
    { by: 'name', pages: await pagesByName(context, after, 1) },
    { by: 'token', pages: await pagesByToken(context, after, 1) },
    { by: 'token', pages: await pagesByToken(context, after, 3) },
    { by: 'name', pages: await pagesByName(context, after, undefined) },
  ];
}

/** Pages that go on after the last name of the one before. */
async function pagesByName(context: Context, after: string, limit: number | undefined): Promise<Page[]> {
  const pages: Page[] = [];
  const size = limit === undefined ? {} : { Limit: limit };
  let last: string | undefined = after;
  while (last !== undefined && pages.length < PAGES_MAX) {
    const next: Page = await page(context, { ExclusiveStartStreamName: last, ...size });
    pages.push(next);
    last = next.more && isNear(next, after) ? next.names.at(-1) : undefined;
  }
  return pages;
}

/** Pages that go on by token, as far as the endpoint gives one (it came in 2022). */
async function pagesByToken(context: Context, after: string, Limit: number): Promise<Page[]> {
  const pages = [await page(context, { ExclusiveStartStreamName: after, Limit })];
  for (;;) {
    const last = pages.at(-1)!;
    if (!last.more || !isNear(last, after) || pages.length >= PAGES_MAX) return pages;
    if (last.token === undefined) return pages.length === 1 ? pagesByName(context, after, Limit) : pages;
    pages.push(await page(context, { NextToken: last.token, Limit }));
  }
}

/** Whether those of the check can still come: the list is in the order of names. */
function isNear({ names }: Page, after: string): boolean {
  const last = names.at(-1);
  return last === undefined || last.startsWith(after);
}

/** What is wrong in a chain of pages, and the pages. */
function faultIn({ by, pages }: Chain, expected: readonly string[]): string | undefined {
  const names = pages.flatMap((one) => one.names);
  const full = pages.find((one) => one.names.length > Math.min(one.limit ?? LIST_STREAMS_PAGE, LIST_STREAMS_PAGE));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  const absent = expected.find((name) => !names.includes(name));
  const ended = pages.at(-1)?.more ? '' : ', and the last page says that no more follow';
  const fault =
    (full && `a page has ${full.names.length} streams`) ??
    (twice && `${twice} was listed twice`) ??
    (absent && `${absent}, which exists, was not listed${ended}`);
  if (fault === undefined) return undefined;
  const listed = pages.map(({ names: on, more }) => `[${on.join(' ')}]${more ? ' more' : ''}`).join(' ');
  return `${fault}: pages by ${by} with Limit ${pages[0]?.limit ?? 'left out'} gave ${listed}`;
}
