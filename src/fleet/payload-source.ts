/** Which payloads a fleet has, by its plan. */
import { resolve } from 'node:path';
import type { Random } from '../random.ts';
import { fieldOf } from '../scenario/data-rows.ts';
import type { ProduceFleet } from '../scenario/plan.ts';
import { FilePayloads } from './file-payload.ts';
import { JsonPayloads } from './json-payload.ts';
import type { Share } from './pacer.ts';
import { FilledPayloads, keySource, type Payloads } from './payload.ts';

/** Who makes the records. */
export interface PayloadMaker {
  readonly run: string;
  readonly producer: number;
  readonly share: Share;
  readonly random: Random;
  readonly wallMs: (atNs: number) => number;
  /** Where files are named from. */
  readonly folder: string;
}

export function payloadsOf(fleet: ProduceFleet, maker: PayloadMaker): Payloads {
  const { run, producer, share, random, wallMs, folder } = maker;
  const { data, identify, key } = fleet;
  const identityOf = identify.by === 'field' ? (row: Buffer) => fieldOf(row, identify.field) : null;
  if (data.kind === 'random' || data.kind === 'zeros') return new FilledPayloads(fleet, run, producer, share, random);
  const nextKey = keySource(key, share, random.fork('keys'));
  if (data.kind === 'file') {
    const keyField = key.kind === 'field' ? key.field : null;
    return new FilePayloads({ data, path: resolve(folder, data.path), share, keyField, nextKey, identityOf });
  }
  const { template } = data;
  const form = data.kind;
  return new JsonPayloads({
    template,
    form,
    run,
    producer,
    nextKey,
    random: random.fork('payload'),
    wallMs,
    identityOf,
  });
}
