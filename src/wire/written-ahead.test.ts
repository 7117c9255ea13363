import { expect, test } from 'vitest';
import { VirtualClock } from '../clock.ts';
import { createClient } from './client.ts';
import { type HandlerRequest, inProcessTransport } from './in-process.ts';

const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' });

test.each(['json', 'cbor'] as const)('a call written ahead is the same, byte for byte, in %s', async (encoding) => {
  const clock = new VirtualClock();
  const seen: HandlerRequest[] = [];
  const transport = inProcessTransport(async (request) => {
    seen.push({ ...request, body: Buffer.from(request.body) });
    return { status: 200, body: Buffer.from('{}') };
  }, clock);
  const endpoint = { url: 'http://127.0.0.1', region: 'eu-west-1', credentials, transport: { encoding } };
  const client = createClient(endpoint, clock, transport);
  const data = Buffer.alloc(3 << 20, 'abc');
  const input = () => ({ StreamName: 's', Data: data, PartitionKey: 'k' });
  const ahead = input();
  client.writeAhead!(ahead);
  // Whatever becomes of the data now: the call was written.
  const plain = client.call('PutRecord', input());
  await plain;
  data.fill(0);
  await client.call('PutRecord', ahead);
  expect(seen).toHaveLength(2);
  expect(Buffer.compare(seen[1]!.body as Buffer, seen[0]!.body as Buffer)).toBe(0);
  expect(seen[1]!.headers).toEqual(seen[0]!.headers);
});
