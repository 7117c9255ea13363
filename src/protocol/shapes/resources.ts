/** Input shapes: tags and policies. */
import type { ResourceOperations } from '../operations.ts';
import { resource, stream, tagKey, tagKeys, tags } from './member.ts';
import type { InputShapes } from './shape.ts';

/** What the operations of this group accept. */
export const resourceShapes: InputShapes<ResourceOperations> = {
  AddTagsToStream: { type: 'structure', members: { ...stream, Tags: { ...tags, required: true } } },
  DeleteResourcePolicy: { type: 'structure', members: resource },
  GetResourcePolicy: { type: 'structure', members: resource },
  ListTagsForResource: { type: 'structure', members: resource },
  ListTagsForStream: {
    type: 'structure',
    members: { ...stream, ExclusiveStartTagKey: tagKey, Limit: { type: 'integer', min: 1, max: 50 } },
  },
  PutResourcePolicy: { type: 'structure', members: { ...resource, Policy: { type: 'string', required: true } } },
  RemoveTagsFromStream: { type: 'structure', members: { ...stream, TagKeys: tagKeys } },
  TagResource: { type: 'structure', members: { ...resource, Tags: { ...tags, required: true } } },
  UntagResource: { type: 'structure', members: { ...resource, TagKeys: tagKeys } },
};
