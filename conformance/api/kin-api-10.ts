/** KIN-API-10: the pages of ListStreams hold every stream, each once. */
import { LIST_STREAMS_PAGE } from '../../src/protocol/limits.ts';
import type { ListStreamsInput } from '../../src/protocol/operations.ts';
import { type Context, Unobservable } from '../context.ts';
import { broken, holds, statement } from '../statement.ts';
import { created, tidied } from './own-streams.ts';

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
  exercises: { 'streams to list': 4, 'pages turned': 8 },
  check: async (context) => {
    const shared = await context.stream(1);
    // The names stand next to each other in the list, and after the one that it is asked to begin after.
    const names = ['a', 'b', 'c', 'd'].map((letter) => `${shared.name}-api-10-${letter}`);
    try {
      for (const StreamName of names) await created(context, { StreamName, ShardCount: 1 });
      context.count('streams to list', names.length);
      const chains = [
        { by: 'name', pages: await pagesByName(context, shared.name, 1) },
        { by: 'token', pages: await pagesByToken(context, shared.name, 1) },
        { by: 'token', pages: await pagesByToken(context, shared.name, 3) },
        { by: 'name', pages: await pagesByName(context, shared.name, undefined) },
      ];
      for (const { by, pages } of chains) {
        const fault = faultIn(pages, names);
        const listed = pages.map(({ names: on, more }) => `[${on.join(' ')}]${more ? ' more' : ''}`).join(' ');
        if (fault) return broken(`${fault}: pages by ${by} with Limit ${pages[0]?.limit ?? 'left out'} gave ${listed}`);
      }
      return holds(`four streams were in ${chains.map(({ pages }) => pages.length).join(', ')} pages once each`);
    } finally {
      await tidied(context, names);
    }
  },
});

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

function faultIn(pages: readonly Page[], expected: readonly string[]): string | undefined {
  const names = pages.flatMap((one) => one.names);
  const ended = !pages.at(-1)?.more;
  const full = pages.find((one) => one.names.length > Math.min(one.limit ?? LIST_STREAMS_PAGE, LIST_STREAMS_PAGE));
  if (full) return `a page has ${full.names.length} streams`;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `${twice} was listed twice`;
  const absent = expected.find((name) => !names.includes(name));
  if (absent !== undefined)
    return `${absent}, which exists, was not listed${ended ? ', and the last page says that no more follow' : ''}`;
  return undefined;
}
