import { expect, test } from 'vitest';
import { Backlog } from './backlog.ts';

function backlogOf(inFlightMax: number, waitingMax: number) {
  const sent: number[] = [];
  const skipped: number[] = [];
  const settle: (() => void)[] = [];
  const send = (item: number) =>
    new Promise<void>((resolve) => {
      sent.push(item);
      settle.push(resolve);
    });
  return {
    sent,
    skipped,
    settle,
    backlog: new Backlog<number>({ inFlightMax, waitingMax }, send, (item) => skipped.push(item)),
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what finds no room waits in its order up to the cap, and is skipped beyond', async () => {
  const { sent, skipped, settle, backlog } = backlogOf(2, 3);
  expect([1, 2, 3, 4, 5, 6, 7].map((item) => backlog.offer(item))).toEqual([
    false,
    false,
    true,
    true,
    true,
    false,
    false,
  ]);
  expect([sent, skipped, backlog.waiting]).toEqual([[1, 2], [6, 7], 3]);
  settle[1]!();
  await turn();
  expect([sent, backlog.waiting]).toEqual([[1, 2, 3], 2]);
  expect(backlog.offer(8)).toBe(true);
  backlog.drop();
  expect(skipped).toEqual([6, 7, 4, 5, 8]);
});

test('without a queue, what finds no room is skipped at once', () => {
  const { sent, skipped, backlog } = backlogOf(1, 0);
  expect([backlog.offer(1), backlog.offer(2)]).toEqual([false, false]);
  expect([sent, skipped]).toEqual([[1], [2]]);
});

test('it is settled when nothing is open and nothing waits', async () => {
  const { sent, settle, backlog } = backlogOf(1, 5);
  for (const item of [1, 2, 3]) backlog.offer(item);
  let settled = false;
  const done = backlog.settled().then(() => (settled = true));
  for (let call = 0; call < 3; call += 1) {
    expect(settled).toBe(false);
    settle[call]!();
    await turn();
  }
  await done;
  expect(sent).toEqual([1, 2, 3]);
});
