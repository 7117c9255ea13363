/** Two counts of one load: they agree on an honest endpoint, and differ on one whose answers cannot be read. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { Random } from '../random.ts';
import { createEndpoint, handleWhole } from '../reference/endpoint.ts';
import { startServer } from '../reference/server.ts';
import { probe } from '../target/probe.ts';
import { endpointAt } from '../wire/raw-server.test-data.ts';
import { ceiling, type CeilingLine, type CeilingOperation, countsAgree } from './ceiling.ts';

const connections = 4;

async function ceilingOf(url: string, operations: readonly CeilingOperation[]): Promise<CeilingLine[]> {
  const kinesis = await probe({ name: 'it', kinesis: endpointAt(url) }, systemClock);
  const stop = new AbortController().signal;
  const options = { kinesis, operations, seconds: 1, connections, shards: 2, clock: systemClock, id: 'ceiling1', stop };
  return ceiling({ ...options, random: new Random(1) }, () => {});
}

test(
  'on the reference both counts agree, signed calls are accepted, and the stream is gone',
  { timeout: 30_000 },
  async () => {
    const keys = [{ accessKeyId: 'a', secretAccessKey: 'b' }];
    const endpoint = createEndpoint({ auth: 'verify', keys, limits: 'off', createStreamMs: 0, deleteStreamMs: 0 });
    await using server = await startServer(endpoint);
    const lines = await ceilingOf(server.url, ['PutRecord', 'PutRecords', 'GetRecords']);
    for (const line of lines) {
      expect(line.cannon).toMatchObject({ refused: 0, errors: 0 });
      expect(line.answers.ok).toBeGreaterThan(10);
      expect(countsAgree(line, connections)).toBe(true);
    }
    expect(lines.map(({ answers }) => Math.round(answers.records / answers.ok))).toEqual([1, 100, 100]);
    expect(endpoint.state().streams).toEqual([]);
  },
);

test('answers that cannot be read are told apart from answers', { timeout: 30_000 }, async () => {
  const endpoint = createEndpoint({ limits: 'off', createStreamMs: 0, deleteStreamMs: 0 });
  let puts = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const asked = { method: 'POST', path: '/', headers: request.headers, body: Buffer.concat(chunks) };
    const isPut = String(request.headers['x-amz-target']).endsWith('.PutRecord');
    const { status, headers, body } = await handleWhole(endpoint, asked);
    response.writeHead(status, headers);
    response.end(isPut && (puts += 1) % 2 === 0 ? 'oops' : body);
  };
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const [line] = await ceilingOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, ['PutRecord']);
  expect(line!.answers.ok / line!.cannon.ok).toBeCloseTo(0.5, 1);
  expect(countsAgree(line!, connections)).toBe(false);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
