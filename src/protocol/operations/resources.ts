/** Tags and policies of streams and consumers. */
import type { ResourceRef, StreamRef, TagMap } from './naming.ts';

export interface Tag {
  Key: string;
  Value?: string;
}

export interface AddTagsToStreamInput extends StreamRef {
  Tags: TagMap;
}

export interface ListTagsForStreamInput extends StreamRef {
  ExclusiveStartTagKey?: string;
  Limit?: number;
}
export interface ListTagsForStreamOutput {
  Tags: Tag[];
  HasMoreTags: boolean;
}

export interface RemoveTagsFromStreamInput extends StreamRef {
  TagKeys: string[];
}

export interface TagResourceInput extends ResourceRef {
  Tags: TagMap;
}

export interface UntagResourceInput extends ResourceRef {
  TagKeys: string[];
}

/** `Tags` may be absent by the model; here it is always there. */
export interface ListTagsForResourceOutput {
  Tags: Tag[];
}

export interface PutResourcePolicyInput extends ResourceRef {
  Policy: string;
}
export interface GetResourcePolicyOutput {
  Policy: string;
}

/** The operations of this group. */
export interface ResourceOperations {
  AddTagsToStream: { input: AddTagsToStreamInput; output: void };
  DeleteResourcePolicy: { input: ResourceRef; output: void };
  GetResourcePolicy: { input: ResourceRef; output: GetResourcePolicyOutput };
  ListTagsForResource: { input: ResourceRef; output: ListTagsForResourceOutput };
  ListTagsForStream: { input: ListTagsForStreamInput; output: ListTagsForStreamOutput };
  PutResourcePolicy: { input: PutResourcePolicyInput; output: void };
  RemoveTagsFromStream: { input: RemoveTagsFromStreamInput; output: void };
  TagResource: { input: TagResourceInput; output: void };
  UntagResource: { input: UntagResourceInput; output: void };
}
