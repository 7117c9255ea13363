import { expect, test } from 'vitest';
import { nothingToDo, PollSchedule } from './poll-schedule.ts';

const ms = 1e6;
const every = { everyNs: 200 * ms };
const dues = (schedule: PollSchedule, nows: readonly number[], after = nothingToDo) =>
  nows.map((now) => {
    schedule.next(now * ms, after);
    return schedule.dueNs / ms;
  });

test('times are absolute, those that were missed are left out, and none comes twice', () => {
  const schedule = new PollSchedule(50 * ms, every, 0);
  expect(schedule.dueNs).toBe(50 * ms);
  expect(dues(schedule, [60, 250, 900, 1050])).toEqual([250, 450, 1050, 1250]);
});

test('who comes later begins with the next time there is', () => {
  expect(new PollSchedule(50 * ms, every, 1000 * ms).dueNs).toBe(1050 * ms);
});

test('an application that is busy polls at the first time after it', () => {
  const schedule = new PollSchedule(0, every, 0);
  expect(dues(schedule, [10], { busyUntilNs: 500 * ms, behind: true })).toEqual([600]);
});

test('who idles only when caught up polls at once while behind, as soon as it is free, and never in a hot loop', () => {
  const schedule = new PollSchedule(0, { ...every, idle: 'caught-up' }, 0);
  expect(dues(schedule, [30, 60], { busyUntilNs: 0, behind: true })).toEqual([30, 60]);
  expect(dues(schedule, [60, 60], { busyUntilNs: 0, behind: true })).toEqual([70, 80]);
  expect(dues(schedule, [90], { busyUntilNs: 140 * ms, behind: true })).toEqual([140]);
  expect(dues(schedule, [150])).toEqual([200]);
});
