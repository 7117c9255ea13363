/** Histories in a line each, for the tests of the checkers. */
import type { Attempt, History, Read, Scan } from './history.ts';

/** Text as the data of a record. */
export const data = (text: string) => Buffer.from(text).toString('base64');

let moment = 0;

/** One try of one producer, sent after all those before it in the text of the test were answered. */
export function put(writer: string, text: string, sequenceNumber: string, rest: Partial<Attempt> = {}): Attempt {
  const sent = (moment += 1);
  const answered = (moment += 1);
  const told = { fate: 'stored', shardId: 's0', sequenceNumber } as const;
  return { writer, key: writer, data: data(text), ...told, sent, answered, ...rest };
}

/** A try that came to nothing that is known. */
export function failed(writer: string, text: string, fate: 'refused' | 'unknown'): Attempt {
  return put(writer, text, '', { fate, said: `400 ${fate}`, shardId: undefined, sequenceNumber: undefined });
}

/** A record as it is read: `7a` is the text `a` at number 7. */
export function record(short: string, rest: Partial<Read> = {}): Read {
  const [, sequenceNumber = '', text = ''] = /^(\d*)(.*)$/.exec(short)!;
  return { sequenceNumber, key: 'k', data: data(text), arrivalS: 1, ...rest };
}

/** What one reader got: pages in words, `1a 2b` is a page of two. */
export function scan(reader: string, pages: readonly string[], shardId = 's0'): Scan {
  const words = (page: string) => page.split(' ').filter((word) => word !== '');
  return { reader, shardId, pages: pages.map((page) => words(page).map((word) => record(word))) };
}

export function history(attempts: readonly Attempt[], scans: readonly Scan[] = []): History {
  return { attempts, scans };
}
