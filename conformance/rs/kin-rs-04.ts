/** KIN-RS-04: one change of shards at a time. */
import type { Shard } from '../../src/protocol/operations.ts';
import { refusable, refusableAtRest } from '../refusable-call.ts';
import { type Context, type Stream, Unobservable } from '../context.ts';
import { type Finding, broken, holds, loose, statement, unobserved } from '../statement.ts';
import { listedShards, rangeOf } from '../streams.ts';
import { resharded, summaryStatusOf } from './reshard.ts';
import { childrenOf, isOpen, middleOf, openOf } from './shard-list.ts';

/** Who is done with a split before the second call arrives is given so many chances. */
const TRIALS = 3;

export const kinRs04 = statement({
  id: 'KIN-RS-04',
  level: 'MUST',
  evidence: ['model'],
  sentence:
    'A stream whose shards are changed is UPDATING, then ACTIVE; another change meanwhile is refused with ResourceInUseException.',
  source: 'SplitShard; MergeShards (ResourceInUseException where the stream is not ACTIVE)',
  fault: 'reshard.no-lock',
  needs: [],
  lane: 'slow',
  uses: { streams: [3], shared: [] },
  exercises: { 'seen UPDATING': 1, 'refused meanwhile': 1, 'ACTIVE again': 1 },
  check: async (context) => {
    const stream = await context.stream(2, 'fresh');
    let shards: readonly Shard[] = stream.shards;
    let shown = false;
    for (let trial = 0; trial < TRIALS && !shown; trial += 1) {
      const [first, second] = openOf(shards);
      if (!first || !second) throw new Unobservable(`stream ${stream.name} does not show two open shards`);
      const tried = await splitTwice(context, stream, first, second);
      if (tried.finding) return tried.finding;
      ({ shards, shown } = tried);
    }
    return shown
      ? holds('the stream was UPDATING, refused a second split meanwhile, and was ACTIVE again')
      : unobserved(`of ${TRIALS} splits none was under way for long enough to be seen`);
  },
});

interface SplitTwice {
  readonly shards: Shard[];
  readonly finding?: Finding;
  /** The stream was UPDATING, and refused the second split. */
  readonly shown: boolean;
}

/** Splits a shard, and another one as soon as that is answered. */
async function splitTwice(context: Context, stream: Stream, first: Shard, second: Shard): Promise<SplitTwice> {
  const of = (shard: Shard) => ({
    StreamName: stream.name,
    ShardToSplit: shard.ShardId,
    NewStartingHashKey: String(middleOf(rangeOf(shard))),
  });
  const begun = await refusableAtRest(context, 'SplitShard', of(first));
  if (begun.kind === 'refused') throw new Unobservable(`SplitShard of ${first.ShardId} was refused with ${begun.said}`);
  const meanwhile = await refusable(context, 'SplitShard', of(second));
  const accepted = meanwhile.kind === 'accepted';
  if (accepted) {
    // If the first split is not made even now, it was not when the second was accepted.
    const shards = await listedShards(context.send, stream.name);
    const open = shards.find(({ ShardId }) => ShardId === first.ShardId);
    if (open && isOpen(open) && childrenOf(shards, first.ShardId).length === 0) {
      const said = `SplitShard of ${second.ShardId} was accepted while that of ${first.ShardId} was under way`;
      return { finding: broken(`${said}; AWS answers ResourceInUseException`), shards, shown: true };
    }
  }
  const updating = (await summaryStatusOf(context, stream.name)) === 'UPDATING';
  context.count('seen UPDATING', updating ? 1 : 0);
  const closing = accepted ? [first, second] : [first];
  const shards = await resharded(context, stream.name, (listed) =>
    closing.every(({ ShardId }) => childrenOf(listed, ShardId).some(isOpen)),
  );
  context.count('ACTIVE again');
  if (accepted) return { shards, shown: false };
  context.count('refused meanwhile');
  return meanwhile.code === 'ResourceInUseException'
    ? { shards, shown: updating }
    : {
        finding: loose(`a split during another was refused with ${meanwhile.said}; AWS answers ResourceInUseException`),
        shards,
        shown: true,
      };
}
