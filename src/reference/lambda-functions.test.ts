/** Functions as `kinebench serve` is told of them: the example as it stands, a module that is none, and the Invoke API. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { NS_PER_S } from '../clock.ts';
import { lambdaProcessor, processed } from './firehose/processing-faults.test-data.ts';
import { lambdaFrom } from './lambda-functions.ts';
import { startReferenceThread } from './thread.ts';
import { virtualEndpoint } from './virtual-endpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'kinebench-lambda-'));
afterAll(() => rmSync(folder, { recursive: true }));

const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
const quiet = new AbortController().signal;

function written(source: string): string {
  const file = join(folder, `${source.length}.mjs`);
  writeFileSync(file, source);
  return file;
}

test('the example makes JSON of CSV', async () => {
  const file = fileURLToPath(new URL('../../examples/lambda/csv-to-json.mjs', import.meta.url));
  const { clock, firehose, held } = virtualEndpoint({ lambda: await lambdaFrom({ 'csv-to-json': file }) });
  await firehose.create('d', processed(lambdaProcessor('csv-to-json')));
  const lines = ['a,21.5,2026-01-01T00:00:00Z', '', 'b,19,2026-01-01T00:00:01Z\n', 'only,two'];
  const Records = lines.map((line) => ({ Data: Buffer.from(line).toString('base64') }));
  await firehose.must('PutRecordBatch', { DeliveryStreamName: 'd', Records });
  await clock.advance(62 * NS_PER_S);
  const [good, bad] = held.objects.map(({ body }) => Buffer.from(body).toString());
  expect(good).toBe(
    '{"device":"a","celsius":21.5,"at":"2026-01-01T00:00:00Z"}\n{"device":"b","celsius":19,"at":"2026-01-01T00:00:01Z"}\n',
  );
  expect(JSON.parse(bad!)).toMatchObject({ rawData: Buffer.from('only,two').toString('base64') });
});

test.each([
  ['is not there', join(folder, 'nowhere.mjs'), /cannot use .*nowhere\.mjs/],
  ['exports something else', written('export const handle = 1;'), /exports no function of the name handler/],
  ['cannot be read', written('export function ('), /cannot use/],
])('a module that %s is refused', async (_what, file, message) => {
  await expect(lambdaFrom({ f: file })).rejects.toThrow(message);
});

test('the thread of the reference loads them, and does not start with a module that is none', async () => {
  const options = { limits: 'off', latency: 'none' } as const;
  const started = startReferenceThread({ ...options, lambdas: { f: join(folder, 'nowhere.mjs') } });
  await expect(started).rejects.toThrow(/cannot use .*nowhere\.mjs as a Lambda function/);
  await using reference = await startReferenceThread({
    ...options,
    lambdas: { f: written('export const handler = () => 1;') },
  });
  expect(reference.died()).toBeNull();
});

describe('an endpoint that speaks the Invoke API', () => {
  async function answering(status: number, body: string, headers: Record<string, string> = {}) {
    const seen: object[] = [];
    const server = createServer((request, response) => {
      void text(request).then((sent) => {
        const { method, url, headers: given } = request;
        seen.push({ method, url, type: given['x-amz-invocation-type'], sent });
        return response.writeHead(status, headers).end(body);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('it does not listen');
    const invoker = await lambdaFrom({ f: `http://127.0.0.1:${address.port}/` });
    const outcome = await invoker.invoke(arn, '{"a":1}', quiet).catch((error: unknown) => error);
    server.close();
    server.closeAllConnections();
    return { outcome, seen };
  }

  test('gets the document, and what it answers is the answer', async () => {
    const { outcome, seen } = await answering(200, '{"records":[]}');
    expect(outcome).toBe('{"records":[]}');
    expect(seen).toEqual([
      { method: 'POST', url: '/2015-03-31/functions/f/invocations', type: 'RequestResponse', sent: '{"a":1}' },
    ]);
  });

  test.each([
    [200, { 'x-amz-function-error': 'Unhandled' }, 'Lambda.FunctionError'],
    [404, {}, 'Lambda.ResourceNotFound'],
    [403, {}, 'Lambda.InvokeAccessDenied'],
    [429, {}, 'Lambda.InvokeLimitExceeded'],
    [502, {}, 'Lambda.ServiceException'],
  ])('that answers %i %j has failed', async (status, headers, code) => {
    expect((await answering(status, 'why', headers)).outcome).toMatchObject({
      code,
      message: expect.stringMatching(/why$/),
    });
  });

  test('that is not there has failed', async () => {
    const invoker = await lambdaFrom({ f: 'http://127.0.0.1:1' });
    await expect(invoker.invoke(arn, '{}', quiet)).rejects.toMatchObject({ code: 'Lambda.ConnectionFailed' });
  });

  test('is asked for no other function', async () => {
    const invoker = await lambdaFrom({ g: 'http://127.0.0.1:1' });
    await expect(invoker.invoke(arn, '{}', quiet)).rejects.toMatchObject({ code: 'Lambda.ResourceNotFound' });
  });
});
