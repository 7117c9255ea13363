/** The tags of a stream as both ways of asking list them. */
import { type Context, type Stream, Unobservable } from '../context.ts';

/** More pages than this have no end: fifty tags there can be. */
const PAGES_MAX = 100;

/** All that ListTagsForStream lists, in its order; a key that is listed twice is there twice. */
export async function tagsOf(context: Context, { name: StreamName }: Stream): Promise<[string, string][]> {
  const tags: [string, string][] = [];
  let after: string | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const page = await context.send('ListTagsForStream', {
      StreamName,
      ...(after === undefined ? {} : { ExclusiveStartTagKey: after }),
    });
    tags.push(...pairs(page.Tags));
    after = page.HasMoreTags ? tags.at(-1)?.[0] : undefined;
    if (after === undefined) return tags;
  }
  throw new Unobservable(`ListTagsForStream says after ${PAGES_MAX} pages that there are more`);
}

/** All that ListTagsForResource lists. */
export async function tagsByArn(context: Context, ResourceARN: string): Promise<[string, string][]> {
  return pairs((await context.send('ListTagsForResource', { ResourceARN })).Tags);
}

function pairs(tags: unknown): [string, string][] {
  if (!Array.isArray(tags)) throw new Unobservable('a list of tags was answered without Tags');
  return tags.map((tag: unknown) => {
    const { Key, Value } = Object(tag) as { Key?: unknown; Value?: unknown };
    return [text(Key), text(Value)];
  });
}

/** What is no text may still be told in a message. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
}

/** Whether a list gives a key exactly this value, once; or does not give it. */
export function has(tags: readonly [string, string][], key: string, value?: string): boolean {
  const values = tags.filter(([one]) => one === key).map(([, one]) => one);
  return value === undefined ? values.length === 0 : values.length === 1 && values[0] === value;
}
