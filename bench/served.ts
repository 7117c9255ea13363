/**
 * A reference in a process of its own, whose processor time can be asked for: `{ cpuUs }` for every message. What it delivers goes
 * nowhere.
 */
import assert from 'node:assert/strict';
import { createEndpoint } from '../src/reference/endpoint.ts';
import { startServer } from '../src/reference/server.ts';
import { liftedLimits } from './lifted.ts';

const [auth] = process.argv.slice(2);
assert(auth === 'form' || auth === 'verify' || auth === 'off');
const endpoint = createEndpoint({
  auth,
  limits: liftedLimits,
  createStreamMs: 0,
  createDeliveryStreamMs: 0,
  destination: { write: () => Promise.resolve() },
});
const server = await startServer(endpoint);
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send!({ cpuUs: user + system });
});
process.once('disconnect', () => process.exit());
process.send!({ url: server.url });
