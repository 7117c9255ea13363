/** KIN-API-17: data are bytes, whatever they are. */
import { type Acknowledged, firstShard, put, sweep } from '../records.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';

export const kinApi17 = statement({
  id: 'KIN-API-17',
  level: 'MUST',
  evidence: ['model', 'recorded'],
  sentence:
    'Data come back byte for byte as they were put: none at all, NUL, every byte there is, and text in any form.',
  source:
    'Record, Data ("opaque and immutable to Kinesis Data Streams, which does not inspect, interpret, or change the data")',
  fault: 'data.utf8-normalise',
  needs: [],
  uses: { streams: [1], shared: [] },
  exercises: { 'kinds of data': 10, 'records read': 20 },
  check: async (context) => {
    const stream = await context.stream(1, 'fresh');
    const kinds: Readonly<Record<string, Buffer>> = {
      'no bytes': Buffer.alloc(0),
      'one NUL': Buffer.alloc(1),
      NULs: Buffer.alloc(1000),
      'every byte': Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
      'random bytes': Buffer.from(Array.from({ length: 20_000 }, () => context.random.below(256))),
      'a text in several scripts': Buffer.from('naïve Ελλάδα 日本語 🦑'),
      // Composed and decomposed are the same to a reader and not the same bytes.
      'decomposed letters': Buffer.from('e\u0301 a\u0308'),
      'bytes that are no UTF-8': Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0xed, 0xa0, 0x80]),
      'a byte order mark': Buffer.from('\uFEFFmark'),
      'line ends and blanks': Buffer.from('\r\n \t a \r\n'),
      'a text that is JSON': Buffer.from('{"Data":"\\u0000"}'),
    };
    const stored: [string, Acknowledged][] = [];
    for (const [kind, bytes] of Object.entries(kinds)) {
      stored.push([kind, await put(context, stream, { key: kind, data: bytes.toString('base64') })]);
      context.count('kinds of data');
    }
    const Records = Object.entries(kinds).map(([kind, bytes]) => ({
      PartitionKey: kind,
      Data: bytes.toString('base64'),
    }));
    const { Records: results } = await context.send('PutRecords', { StreamName: stream.name, Records });
    for (const [index, { PartitionKey, Data }] of Records.entries()) {
      const { ShardId, SequenceNumber } = results[index] ?? {};
      // What a limit refused is not read.
      if (!ShardId || !SequenceNumber) continue;
      stored.push([
        PartitionKey,
        { partitionKey: PartitionKey, data: Data, shardId: ShardId, sequenceNumber: SequenceNumber },
      ]);
    }
    const acknowledged = stored.map(([, record]) => record);
    const records = await sweep(context, stream, firstShard(stream).ShardId, acknowledged);
    const read = new Map(records.map((record) => [record.SequenceNumber, record.Data]));
    for (const [kind, { data, sequenceNumber }] of stored) {
      const got = read.get(sequenceNumber);
      if (!got) return unobserved(`record ${sequenceNumber} (${kind}) was not readable`);
      const sent = Buffer.from(data, 'base64');
      if (!sent.equals(got)) {
        return broken(
          `Data of ${kind}, ${inHex(sent)} (${sent.length} bytes), came back as ${inHex(got)} (${got.length} bytes)`,
        );
      }
    }
    return holds(`${Object.keys(kinds).length} kinds of data came back as they were put, alone and in a batch`);
  },
});

function inHex(bytes: Buffer): string {
  return `${bytes.toString('hex', 0, 24) || 'nothing'}${bytes.length > 24 ? '…' : ''}`;
}
