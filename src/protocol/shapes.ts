/**
 * The input shapes of the operations as data: members, bounds and patterns, once (source: the service model 2013-12-02 as of
 * 2026-10-01; where production was seen to differ the comment says so). An endpoint checks requests against them, a
 * conformance suite derives boundary pairs from them. Typed over each group of operations and over each input, so the
 * compiler counts both.
 */
import type { Operations } from './operations.ts';
import { channelShapes } from './shapes/channels.ts';
import { consumerShapes } from './shapes/consumers.ts';
import { recordShapes } from './shapes/records.ts';
import { resourceShapes } from './shapes/resources.ts';
import { settingShapes } from './shapes/settings.ts';
import type { InputShapes } from './shapes/shape.ts';
import { shardShapes } from './shapes/shards.ts';
import { streamShapes } from './shapes/streams.ts';

export type * from './shapes/shape.ts';

/** What each operation accepts. Members that are not listed are ignored, as AWS ignores them. */
export const inputShapes: InputShapes<Operations> = {
  ...streamShapes,
  ...shardShapes,
  ...recordShapes,
  ...consumerShapes,
  ...settingShapes,
  ...resourceShapes,
  ...channelShapes,
};
