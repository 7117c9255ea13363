/** KIN-SEC-05: a key that nobody has is no key. */
import { firstShard } from '../records.ts';
import { broken, statement } from '../statement.ts';
import { judgeForgeries, signedPut, tryAll } from './forgery.ts';
import { strangerKeys } from './keys.ts';

export const kinSec05 = statement({
  id: 'KIN-SEC-05',
  level: 'MUST',
  profile: 'security',
  evidence: ['guide'],
  sentence: 'A request signed by an access key that does not exist is refused with a 4xx, and stores nothing.',
  source: 'Common errors, InvalidClientTokenId',
  fault: 'sec.any-key',
  needs: [],
  exercises: { 'good requests': 1, forgeries: 1, 'clients with unknown keys': 1 },
  check: async (context) => {
    const stream = await context.stream(1);
    const credentials = strangerKeys(context.random);
    const what = `PutRecord signed by the unknown key ${credentials.accessKeyId}`;
    const tried = await tryAll(context, stream, [await signedPut(context, stream, what, { credentials })]);
    // The same by a whole client: what it makes of its keys is none of the endpoint's business.
    const { ShardId } = firstShard(stream);
    const at = { StreamName: stream.name, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
    const outcome = await context.speaking({}, credentials).call('GetShardIterator', at);
    context.count('clients with unknown keys');
    if (outcome.kind === 'ok')
      return broken(`a client with the unknown key ${credentials.accessKeyId} was given an iterator`);
    // Kinesis was seen to say the first; general pages of AWS name the others.
    return judgeForgeries(tried, [
      'UnrecognizedClientException',
      'InvalidClientTokenId',
      'InvalidClientTokenIdException',
    ]);
  },
});
