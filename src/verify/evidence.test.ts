/** Notes that lie in files: whoever has judged them gives all of these back. */
import { fstatSync } from 'node:fs';
import { expect, test } from 'vitest';
import { discard } from './evidence.ts';
import { type SentExport, SentHistory } from './history.ts';
import { producer, RUN, SHARD, sweepOf } from './ledger-lines.test-data.ts';
import { PAGE_ROWS } from './page-store.ts';
import { Reader, type ReaderExport } from './reader.ts';
import { writeTag } from './record-tag.ts';

const counters = [0, PAGE_ROWS, 2 * PAGE_ROWS];

function sentInFile(): SentExport {
  const sent = new SentHistory(1);
  for (const counter of counters) sent.sent(counter);
  return sent.export();
}

function readInFile(): ReaderExport {
  const reader = new Reader('r', RUN, undefined, { hotPages: 1 });
  for (const counter of counters) {
    const data = Buffer.alloc(60, 1);
    writeTag(data, RUN, { producer: 0, counter, dueNs: 1, key: 1 });
    reader.read(SHARD, { SequenceNumber: String(10 + counter), PartitionKey: 'key-1' }, data);
  }
  return reader.export();
}

const fileOf = ({ seen }: ReaderExport) => seen[0]![1].table.file!;

test('every file is closed: of producers, of what was to be dropped, of consumers and of both sweeps', () => {
  const [sent, dropped] = [sentInFile(), sentInFile()];
  const [consumed, swept, again] = [readInFile(), readInFile(), readInFile()];
  const files = [sent.table.file!, dropped.table.file!, fileOf(consumed), fileOf(swept), fileOf(again)];
  expect(new Set(files).size).toBe(5);
  for (const file of files) expect(fstatSync(file).nlink).toBe(0);
  discard({
    producers: [{ ...producer(), sent }],
    dropped: [{ ...producer(), sent: dropped }],
    consumers: [{ stream: 's', reader: consumed }],
    sweep: sweepOf(swept),
    again: sweepOf(again),
  });
  for (const file of files) expect(() => fstatSync(file)).toThrow('EBADF');
});

test('those of what lies in a backup, too', () => {
  const [consumed, swept, behind, under] = [readInFile(), readInFile(), readInFile(), readInFile()];
  const { streams, ...sweep } = sweepOf(swept);
  discard({
    producers: [],
    consumers: [{ stream: 's', reader: consumed, backup: behind }],
    sweep: { ...sweep, streams: streams.map((stream) => ({ ...stream, backup: under })) },
  });
  for (const reader of [consumed, swept, behind, under]) expect(() => fstatSync(fileOf(reader))).toThrow('EBADF');
});

test('of a sweep alone, too', () => {
  const swept = readInFile();
  discard({ producers: [], consumers: [], sweep: sweepOf(swept) });
  expect(() => fstatSync(fileOf(swept))).toThrow('EBADF');
});
