import { expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { Random } from '../random.ts';
import { Timetable, type Alarm } from './subscription-timetable.ts';

class Bell implements Alarm {
  atNs = 0;
  place = -1;
  readonly rung: number[] = [];
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  ring(): void {
    this.rung.push(this.#clock.monotonicNs());
  }
}

test('every alarm rings once, at the time that was set last, on one sleep of the clock', async () => {
  const clock = new VirtualClock();
  const timetable = new Timetable(clock);
  const random = new Random(3);
  const bells = Array.from({ length: 200 }, () => new Bell(clock));
  const wanted = bells.map(() => 0);
  for (let turn = 0; turn < 1000; turn += 1) {
    const at = random.below(bells.length);
    if (random.below(4) === 0) {
      timetable.clear(bells[at]!);
      wanted[at] = 0;
    } else {
      wanted[at] = 1 + random.below(1_000_000);
      timetable.set(bells[at]!, wanted[at]);
    }
    expect(clock.sleeping).toBeLessThanOrEqual(1);
  }
  expect(timetable.size).toBe(wanted.filter((time) => time > 0).length);
  await clock.advance(2_000_000);
  expect(bells.map(({ rung }) => rung)).toEqual(wanted.map((time) => (time > 0 ? [time] : [])));
  expect([timetable.size, clock.sleeping]).toEqual([0, 0]);
});

test('the last alarm that is taken off takes the sleep away', () => {
  const clock = new VirtualClock();
  const timetable = new Timetable(clock);
  const bell = new Bell(clock);
  timetable.set(bell, 10);
  expect(clock.sleeping).toBe(1);
  timetable.clear(bell);
  timetable.clear(bell);
  expect([timetable.size, clock.sleeping]).toEqual([0, 0]);
});
