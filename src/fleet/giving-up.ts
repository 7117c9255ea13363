/** When a consumer gives up, and what tells it: a shard that is read no more is missing from all its figures. */
import { NS_PER_S } from '../clock.ts';

/** Code of an error that is the end of reading a shard: one for each shard, or for each whose children nobody names. */
export const GIVEN_UP = 'shard-given-up';

/** A consumer that is refused so often in a row, for a reason that no waiting mends, is not wanted. */
export const REFUSALS_MAX = 8;

/** One that is told to wait for so long before the load will not have its turn (assumed; subscriptions are five seconds apart at AWS). */
export const PREPARE_NS_MAX = 120 * NS_PER_S;
