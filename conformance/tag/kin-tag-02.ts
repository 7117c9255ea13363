/** KIN-TAG-02: there is one set of tags, by whichever operations it is changed. */
import { arnOf, eventually } from '../patience.ts';
import { broken, holds, statement } from '../statement.ts';
import { has, tagsByArn, tagsOf } from './tags.ts';

export const kinTag02 = statement({
  id: 'KIN-TAG-02',
  level: 'SHOULD',
  profile: 'extended',
  evidence: ['inferred'],
  sentence:
    'TagResource, UntagResource and ListTagsForResource see the same tags of a stream as AddTagsToStream, RemoveTagsFromStream and ListTagsForStream.',
  source: 'TagResource; AddTagsToStream',
  fault: 'tag.two-stores',
  needs: [],
  uses: { streams: [1], shared: [] },
  exercises: { 'changes looked at from both sides': 4 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const { name: StreamName } = stream;
    const ResourceARN = await arnOf(context, stream);
    const byName = () => tagsOf(context, stream);
    const byArn = () => tagsByArn(context, ResourceARN);
    const steps: [string, () => Promise<void>, string, string | undefined][] = [
      ['TagResource of a=1', () => context.send('TagResource', { ResourceARN, Tags: { a: '1' } }), 'a', '1'],
      ['AddTagsToStream of b=2', () => context.send('AddTagsToStream', { StreamName, Tags: { b: '2' } }), 'b', '2'],
      ['UntagResource of b', () => context.send('UntagResource', { ResourceARN, TagKeys: ['b'] }), 'b', undefined],
      [
        'RemoveTagsFromStream of a',
        () => context.send('RemoveTagsFromStream', { StreamName, TagKeys: ['a'] }),
        'a',
        undefined,
      ],
    ];
    for (const [what, change, key, value] of steps) {
      await change();
      for (const [operation, look] of Object.entries({ ListTagsForStream: byName, ListTagsForResource: byArn })) {
        const tags = await eventually(context, look, (seen) => has(seen, key, value));
        if (has(tags, key, value)) continue;
        const given = tags.map((tag) => tag.join('=')).join(', ') || 'nothing';
        return broken(`after ${what}, ${operation} of the same stream gave ${given}`);
      }
      context.count('changes looked at from both sides');
    }
    return holds('both sides saw every change');
  },
});
