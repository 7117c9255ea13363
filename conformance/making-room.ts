/**
 * Calls that make shards, where the account may have no more: an emulator may allow ten in all. What no check at work needs is
 * removed, and the call is sent once more.
 */
import { type Clock, NS_PER_S } from '../src/clock.ts';
import type { OperationName } from '../src/protocol/operations.ts';
import type { WireClient } from '../src/wire/client.ts';

/** A refusal that is repeated for so long, in ns, is no rate: those pass within a second. */
const RATE_NS = 2 * NS_PER_S;

const makers: ReadonlySet<OperationName> = new Set(['CreateStream', 'SplitShard', 'UpdateShardCount']);

/** The same client; `makeRoom` says whether there was anything to be removed. */
export function makingRoom(client: WireClient, clock: Clock, makeRoom: () => Promise<boolean>): WireClient {
  let refusedNs: number | undefined;
  return {
    ...client,
    call: async (operation, input, options) => {
      const outcome = await client.call(operation, input, options);
      if (!makers.has(operation)) return outcome;
      if (outcome.kind !== 'error' || outcome.code !== 'LimitExceededException') {
        refusedNs = undefined;
        return outcome;
      }
      refusedNs ??= clock.monotonicNs();
      if (clock.monotonicNs() - refusedNs < RATE_NS) return outcome;
      refusedNs = undefined;
      return (await makeRoom()) ? client.call(operation, input, options) : outcome;
    },
  };
}
