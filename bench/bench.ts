/**
 * `npm run bench`: speed as ratios against a peer in the same run, since machines differ and drift.
 * `npm run bench -- peer` runs one part alone.
 */
import { abuse } from './abuse.ts';
import { auth } from './auth.ts';
import { batch } from './batch.ts';
import { capacity } from './capacity.ts';
import { growth } from './growth.ts';
import { ledger } from './ledger.ts';
import { machine } from './machine.ts';
import { pacing } from './pacing.ts';
import { client } from './client.ts';
import { peer } from './peer.ts';
import { primitives } from './primitives.ts';
import { simulation } from './simulation.ts';
import { size } from './size.ts';
import { subscriptions } from './subscriptions.ts';

const parts: Readonly<Record<string, () => Promise<void>>> = {
  pacing,
  primitives,
  client,
  peer,
  auth,
  batch,
  capacity,
  subscriptions,
  size,
  ledger,
  growth,
  machine,
  abuse,
  simulation,
};

const wanted = process.argv.slice(2);
for (const [name, run] of Object.entries(parts)) if (wanted.length === 0 || wanted.includes(name)) await run();
