/**
 * One client under load, in a process of its own: calls in a closed loop for some seconds, and what CPU the process used for
 * them, as JSON. Arguments: contender, operation, URL, seconds, connections.
 */
import { createHash, createHmac, hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { KinesisClient, PutRecordCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import autocannon from 'autocannon';
import { Agent } from 'undici';
import { NS_PER_S, systemClock } from '../src/clock.ts';
import { createClient, type TransportChoice } from '../src/wire/client.ts';

const [contender = '', operation = '', url = '', seconds = '2', connections = '32'] = process.argv.slice(2);
const caFile = process.env['NODE_EXTRA_CA_CERTS'];
const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8');
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const StreamName = 'bench';
const many = operation === 'PutRecords';
const records = many ? 500 : 1;
const WARM_S = 1;
/** Bytes of a whole answer of the static server, in JSON. */
const ANSWER_BYTES: Readonly<Record<string, number>> = JSON.parse(process.env['ANSWER_BYTES'] ?? '{}');

let counter = 0;

/** Records of one connection: used for every call of it, and no call has the data of another. */
function recordsOf(): () => { Data: Buffer; PartitionKey: string }[] {
  const entries = Array.from({ length: records }, (_, index) => {
    const seed = `kinebench ${(counter += 1)}`;
    const Data = createHash('shake128', { outputLength: 1024 }).update(seed).digest();
    return { Data, PartitionKey: `key-${index}` };
  });
  return () => {
    for (const { Data } of entries) Data.writeUInt32LE((counter += 1), 0);
    return entries;
  };
}

interface Load {
  /** Calls of one connection; rejects unless it was answered with 200. */
  readonly connection: () => () => Promise<unknown>;
  readonly close: () => void;
}

function wire(choice: TransportChoice): Load {
  const client = createClient(
    { url, region: 'us-east-1', credentials: () => Promise.resolve(credentials), ca, transport: choice },
    systemClock,
  );
  return {
    connection: () => {
      const next = recordsOf();
      return async () => {
        const outcome = many
          ? await client.call('PutRecords', { StreamName, Records: next() })
          : await client.call('PutRecord', { StreamName, ...next()[0]! });
        if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
      };
    },
    close: () => client.close(),
  };
}

function sdk(): Load {
  const client = new KinesisClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 });
  return {
    connection: () => {
      const next = recordsOf();
      return () =>
        many
          ? client.send(new PutRecordsCommand({ StreamName, Records: next() }))
          : client.send(new PutRecordCommand({ StreamName, ...next()[0]! }));
    },
    close: () => client.destroy(),
  };
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const sha = (text: string) => createHash('sha256').update(text).digest('hex');

/** As one would write it who has read how to sign: undici, JSON.stringify, the key kept for the day. */
function undici(): Load {
  const { host, origin } = new URL(url);
  const agent = new Agent({ connections: Number(connections), ...(ca !== undefined && { connect: { ca } }) });
  const day = new Date(systemClock.now()).toISOString().slice(0, 10).replaceAll('-', '');
  const scope = `${day}/us-east-1/kinesis/aws4_request`;
  const key = hmac(hmac(hmac(hmac(`AWS4${credentials.secretAccessKey}`, day), 'us-east-1'), 'kinesis'), 'aws4_request');
  const target = `Kinesis_20131202.${operation}`;
  const names = 'content-type;host;x-amz-date;x-amz-target';
  const call = async (next: ReturnType<typeof recordsOf>) => {
    const entries = next().map(({ Data, PartitionKey }) => ({ Data: Data.toString('base64'), PartitionKey }));
    const body = JSON.stringify(many ? { StreamName, Records: entries } : { StreamName, ...entries[0] });
    const date = `${new Date(systemClock.now()).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
    const type = 'application/x-amz-json-1.1';
    const canonical = `POST\n/\n\ncontent-type:${type}\nhost:${host}\nx-amz-date:${date}\nx-amz-target:${target}\n\n${names}\n${sha(body)}`;
    const signature = hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha(canonical)}`).toString('hex');
    const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
    const headers = { 'content-type': type, 'x-amz-date': date, 'x-amz-target': target, authorization };
    const answer = await agent.request({ origin, path: '/', method: 'POST', headers, body });
    const parsed: unknown = await answer.body.json();
    if (answer.statusCode !== 200) throw new Error(JSON.stringify(parsed));
  };
  const connection = () => {
    const next = recordsOf();
    return () => call(next);
  };
  return { connection, close: () => void agent.close() };
}

function loadOf(name: string): Load {
  if (name === 'limit') return limit();
  if (name === 'sdk') return sdk();
  if (name === 'undici') return undici();
  const [, protocol, encoding] = name.split(' ') as [string, 'h1' | 'h2', 'json' | 'cbor'];
  return wire({ protocol, subscriptions: protocol, encoding });
}

/** CPU of the process per call of a closed loop, in µs, after a warm-up. */
async function closedLoop({ connection, close }: Load): Promise<{ calls: number; cpuUs: number }> {
  const loops = Array.from({ length: Number(connections) }, connection);
  const run = async (untilNs: number) => {
    let calls = 0;
    const one = async (call: () => Promise<unknown>) => {
      for (; systemClock.monotonicNs() < untilNs; calls += 1) await call();
    };
    await Promise.all(loops.map(one));
    return calls;
  };
  await run(systemClock.monotonicNs() + WARM_S * NS_PER_S);
  const before = process.cpuUsage();
  const calls = await run(systemClock.monotonicNs() + Number(seconds) * NS_PER_S);
  const { user, system } = process.cpuUsage(before);
  close();
  return { calls, cpuUs: user + system };
}

/** Unsigned and with a constant body: what a generator pays that makes nothing of its own. Without a rate it corrects nothing. */
async function cannon(): Promise<{ calls: number; cpuUs: number }> {
  const entries = recordsOf()().map(({ Data, PartitionKey }) => ({ Data: Data.toString('base64'), PartitionKey }));
  const body = JSON.stringify(many ? { StreamName, Records: entries } : { StreamName, ...entries[0] });
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Kinesis_20131202.${operation}` };
  const shoot = async (duration: number) => {
    const result = await autocannon({
      url,
      connections: Number(connections),
      duration,
      method: 'POST',
      headers,
      body,
      ...(ca !== undefined && { tlsOptions: { ca } }),
    });
    if (result.errors > 0 || result.non2xx > 0) throw new Error(`${result.errors} errors`);
    return result['2xx'];
  };
  await shoot(WARM_S);
  const before = process.cpuUsage();
  const calls = await shoot(Number(seconds));
  const { user, system } = process.cpuUsage(before);
  return { calls, cpuUs: user + system };
}

/**
 * What no signing client can do without, and nothing else: data as base64 into a buffer, the hashes of a signature, one write,
 * and bytes read until there are as many as an answer has. Over plain sockets.
 */
function limit(): Load {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  const connection = () => {
    const next = recordsOf();
    const begin = `POST / HTTP/1.1\r\nx-amz-target: ${operation}\r\nauthorization: `;
    const head = begin + 'a'.repeat(560 - begin.length);
    const frame = Buffer.alloc(many ? 36 : 90, ' ');
    const bytes = Buffer.alloc(1000 + records * 1500, ' ');
    let answered = () => {};
    let missing = 0;
    const onBytes = (count: number) => {
      missing -= count;
      if (missing <= 0) answered();
      return true;
    };
    const onread = { buffer: Buffer.alloc(65_536), callback: onBytes };
    const socket = connect({ host: hostname, port: Number(port), noDelay: true, onread });
    sockets.push(socket);
    return () =>
      new Promise<void>((resolve) => {
        answered = resolve;
        const from = 600;
        let at = from;
        for (const { Data } of next()) {
          frame.copy(bytes, at);
          at += frame.length;
          at += bytes.write(Data.toString('base64'), at, 'latin1');
        }
        const line = `\r\ncontent-length: ${at - from}\r\n\r\n`;
        const begun = from - head.length - line.length;
        bytes.write(head + line, begun, 'latin1');
        const body = hash('sha256', bytes.subarray(from, at), 'hex');
        const canonical = hash('sha256', bytes.toString('latin1', 0, 350) + body, 'hex');
        hash('sha256', hash('sha256', canonical.padEnd(250), 'hex').padEnd(96), 'hex');
        missing = ANSWER_BYTES[operation] ?? 0;
        socket.write(bytes.subarray(begun, at));
      });
  };
  return { connection, close: () => sockets.forEach((socket) => socket.destroy()) };
}

const result = contender === 'autocannon' ? await cannon() : await closedLoop(loadOf(contender));
console.log(JSON.stringify(result));
