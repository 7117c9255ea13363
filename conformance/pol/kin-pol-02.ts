/** KIN-POL-02: another account may do what the policy allows, and nothing else. */
import { attempt, answerOf } from '../attempt.ts';
import { arnOf, eventually } from '../patience.ts';
import { absent, firstShard, put, sweep } from '../records.ts';
import { broken, holds, loose, statement, unobserved } from '../statement.ts';
import { allowing } from './policy.ts';

const PUT = 'kinesis:PutRecord';
const SUMMARY = 'kinesis:DescribeStreamSummary';

export const kinPol02 = statement({
  id: 'KIN-POL-02',
  level: 'MUST',
  profile: 'extended',
  evidence: ['model'],
  sentence:
    'Another account may use a stream as its policy allows: not without one, for the actions that it allows, and never where it denies.',
  source: 'PutResourcePolicy; sharing a stream with another account, developer guide',
  fault: 'pol.not-enforced',
  needs: ['multi-account'],
  uses: { streams: [1], shared: [] },
  exercises: { 'calls refused': 6, 'calls allowed': 2, 'records read': 2 },
  check: async (context) => {
    const { neighbour } = context.world;
    if (!neighbour) return unobserved('there is no second account to ask with');
    const stream = await context.stream(1, 'fresh');
    const StreamARN = await arnOf(context, stream);
    const client = context.speaking({}, neighbour);
    const forbidden: string[] = [];
    const calls = {
      PutRecord: async () => {
        const data = context.data();
        const outcome = await attempt(
          context,
          'PutRecord',
          { StreamARN, PartitionKey: 'theirs', Data: data },
          { client },
        );
        if (outcome.kind !== 'ok') forbidden.push(data);
        return outcome;
      },
      DescribeStreamSummary: () => attempt(context, 'DescribeStreamSummary', { StreamARN }, { client }),
    };
    const policy = (allowed: readonly string[], denied: readonly string[] = []) => ({
      ResourceARN: StreamARN,
      Policy: allowing(StreamARN, neighbour.accountId, allowed, denied),
    });
    const steps: [string, () => Promise<void>, readonly (keyof typeof calls)[]][] = [
      ['without a policy', () => Promise.resolve(), []],
      [`with a policy that allows ${PUT}`, () => context.send('PutResourcePolicy', policy([PUT])), ['PutRecord']],
      [
        `with a policy that allows both and denies ${PUT}`,
        () => context.send('PutResourcePolicy', policy([PUT, SUMMARY], [PUT])),
        ['DescribeStreamSummary'],
      ],
      ['after the policy was deleted', () => context.send('DeleteResourcePolicy', { ResourceARN: StreamARN }), []],
    ];
    let odd = '';
    for (const [when, change, allowed] of steps) {
      await change();
      for (const [operation, call] of Object.entries(calls)) {
        const may = allowed.includes(operation as keyof typeof calls);
        const outcome = await eventually<Awaited<ReturnType<typeof call>>>(
          context,
          call,
          (seen) => (seen.kind === 'ok') === may,
        );
        const came = `${operation} by account ${neighbour.accountId} ${when} was answered with ${answerOf(outcome)}`;
        if ((outcome.kind === 'ok') !== may) return broken(`${came}, where AWS ${may ? 'allows' : 'refuses'} it`);
        context.count(may ? 'calls allowed' : 'calls refused');
        if (outcome.kind === 'error' && outcome.code !== 'AccessDeniedException') odd ||= came;
      }
    }
    const own = await put(context, stream, { key: 'own' });
    const records = await sweep(context, stream, firstShard(stream).ShardId, [own]);
    if (absent([own], records).length > 0) return unobserved('nothing could be read afterwards');
    if (records.some((record) => forbidden.includes(record.Data.toString('base64'))))
      return broken('a PutRecord of another account that was refused was stored');
    return odd ? loose(`${odd}; AWS says AccessDeniedException`) : holds('the policy was followed in every call');
  },
});
