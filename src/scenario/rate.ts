/**
 * A written rate resolved to calls of the whole fleet over time: records are divided by the batch, bytes by the mean bytes of
 * a call (data and keys), and what each agent does is multiplied by the agents.
 */
import type { Cursor } from './cursor.ts';
import { listed } from '../nearest.ts';
import type { RatePlan, RateStage } from './plan.ts';
import { readSchedule } from './schedule.ts';
import { TextFault } from './text-fault.ts';
import { formatDuration, parseAmount, parseDurationNs, parseRate } from './units.ts';
import type { WrittenRate } from './units.ts';

interface Load {
  readonly agents: number;
  readonly batchRecords: number;
  /** Data and key of a record on average. */
  readonly recordBytesMean: number;
  /** Time of all phases of load together. */
  readonly loadNs: number;
  /** Records fall due one by one, and how many a call has shows only then. */
  readonly gathered: boolean;
}

/** A constant rate is one stage as long as the load; a schedule has no stages. */
export function resolveRate(at: Cursor, load: Load): RatePlan {
  if (at.at('file').present) {
    const schedule = readSchedule(at.at('file'), load.loadNs);
    return schedule ? { stages: [], schedule } : { stages: [] };
  }
  if (at.at('bursts').present) return bursting(at, load);
  const stages = at.at('stages').items();
  if (at.text() === undefined && stages.length === 0) return { stages: [] };
  const plan = stages.length > 0 ? staged(at, stages, load) : constant(at, load);
  if (plan.length > 0 && plan.every((stage) => stage.fromCallsPerS === 0 && stage.toCallsPerS === 0))
    at.fault('the fleet never sends anything', 'a rate above zero');
  return { stages: plan };
}

function constant(at: Cursor, load: Load): RateStage[] {
  const callsPerS = at.parse((text) => {
    const rate = parseRate(text);
    if (rate.share === null && load.agents > 1)
      throw new TextFault(
        `"${text}" may mean all ${load.agents} agents together or every one of them`,
        'write total or each after it',
      );
    return callsOf(rate, rate.share, load);
  });
  if (callsPerS === undefined) return [];
  return [{ durationNs: load.loadNs, fromCallsPerS: callsPerS, toCallsPerS: callsPerS }];
}

function bursting(at: Cursor, load: Load): RatePlan {
  const share = shareOf(at, 'the bursts', load);
  const calls = at
    .at('bursts')
    .at('of')
    .parse((text) => {
      const { amount, of } = parseAmount(text);
      if (amount === 0) throw new TextFault('a burst of nothing', 'some records or calls');
      return callsOf({ amount, of, share: null }, share, load);
    });
  const every = at.at('bursts').at('every');
  const everyNs = every.parse(parseDurationNs);
  if (everyNs === 0) every.fault('the bursts follow one another at once', 'some time between them');
  const between = at.at('between').parse((text) => perS(text, share, load)) ?? 0;
  const stages = [{ durationNs: load.loadNs, fromCallsPerS: between, toCallsPerS: between }];
  return calls && everyNs ? { stages, bursts: { calls, everyNs } } : { stages };
}

/** Whose numbers those inside a mapping are; where there are several agents it must be said. */
function shareOf(at: Cursor, what: string, { agents }: Load): 'total' | 'each' {
  if (!at.at('share').present && agents > 1)
    at.faultAtKey(`${what} may mean all agents together or every one of them`, 'add share: total or share: each');
  return at.at('share').word(['total', 'each'], 'total');
}

/** A rate inside a mapping that says itself whose it is. */
function perS(text: string, share: 'total' | 'each', load: Load): number {
  const rate = parseRate(text);
  if (rate.share !== null)
    throw new TextFault(`${rate.share} is said for the whole rate at once`, `put share: ${rate.share} beside it`);
  return callsOf(rate, share, load);
}

function staged(at: Cursor, stages: readonly Cursor[], load: Load): RateStage[] {
  const share = shareOf(at, 'the stages', load);
  const read = (cursor: Cursor) => cursor.parse((text) => perS(text, share, load));
  let callsPerS = 0;
  let startNs = 0;
  return stages.map((stage) => {
    const durationNs = stage.at('for').parse(parseDurationNs) ?? 0;
    if (durationNs === 0 && stage.at('for').text() === '0s') stage.at('for').fault('the stage takes no time', 'some');
    if (startNs > 0 && startNs >= load.loadNs && load.loadNs > 0)
      stage.fault(
        `this stage begins after ${formatDuration(startNs)}, the load ends after ${formatDuration(load.loadNs)}`,
        'shorten the stages or lengthen the phases',
      );
    startNs += durationNs;
    if (!stage.at('at').present && !stage.at('to').present)
      stage.fault('the stage has no rate', `write ${listed(['at (constant)', 'to (a ramp)'])}`);
    const fromCallsPerS = read(stage.at('at')) ?? callsPerS;
    callsPerS = read(stage.at('to')) ?? fromCallsPerS;
    return { durationNs, fromCallsPerS, toCallsPerS: callsPerS };
  });
}

function callsOf(rate: WrittenRate, share: WrittenRate['share'], load: Load): number {
  if (rate.of === 'calls' && load.gathered)
    throw new TextFault('how many calls there are depends on how batches fill', 'write the rate in records/s or bytes');
  const perCall = { calls: 1, records: load.batchRecords, bytes: load.batchRecords * load.recordBytesMean }[rate.of];
  return (rate.amount / perCall) * (share === 'each' ? load.agents : 1);
}
