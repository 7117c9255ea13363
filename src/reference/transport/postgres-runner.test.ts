/** What Data Firehose sends to Redshift, to a PostgreSQL that stands in for it on a socket of this machine. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import * as sdk from '@aws-sdk/client-firehose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NS_PER_S, sleepFor, systemClock } from '../../clock.ts';
import { loadedInto, redshift, stage, under } from '../firehose/redshift-cluster.test-data.ts';
import { hints, put } from '../firehose/spoken.test-data.ts';
import { SqlError } from '../firehose/sql.ts';
import { startReferenceThread } from '../thread.ts';
import { makeCertificate } from './certificate.ts';
import { postgresRunner } from './postgres-runner.ts';
import { servedPostgres } from './postgres.test-data.ts';
import { drive } from './served.test-data.ts';

const run = postgresRunner();
const postgres = await servedPostgres();
const { port, database } = postgres;

beforeAll(() => database.exec('CREATE TABLE events (id int NOT NULL, name text)'));
afterAll(() => postgres[Symbol.asyncDispose]());

const command = (text: string) => ({
  host: 'mine.redshift.localhost',
  port,
  database: 'postgres',
  user: 'postgres',
  password: 'postgres',
  text,
});
const { signal } = new AbortController();

/** The SQL of docs/firehose.md. */
const redshiftSql =
  "INSERT INTO {table} SELECT r.* FROM string_to_table(trim({data}, E'\\n'), E'\\n') AS line, json_populate_record(NULL::{table}, line::json) AS r";

describe('a delivery stream', () => {
  const into = (more: object) => {
    const ClusterJDBCURL = `jdbc:postgresql://mine.redshift.localhost:${port}/postgres`;
    return loadedInto(
      { run },
      { ClusterJDBCURL, Username: 'postgres', Password: 'postgres', ...more },
      { redshiftSql },
    );
  };

  test('fills a table', async () => {
    const endpoint = await into({});
    await put(endpoint, '{"id":1,"name":"it\'s"}\n');
    await put(endpoint, '{"id":2}\n');
    await drive(endpoint.clock, () => under(endpoint, 'manifests/').length > 0 && endpoint.clock.sleeping === 0);
    const { rows } = await database.query('SELECT * FROM events ORDER BY id');
    expect(rows).toEqual([
      { id: 1, name: "it's" },
      { id: 2, name: null },
    ]);
  });

  test('to a table that is not there names what it skips, and why', async () => {
    const CopyCommand = { DataTableName: 'nowhere' };
    const endpoint = await into({ CopyCommand, RetryOptions: { DurationInSeconds: 0 } });
    await put(endpoint, '{"id":3}\n');
    await drive(endpoint.clock, () => under(endpoint, 'errors/').length > 0);
    expect(under(endpoint, 'errors/')[0]!.metadata).toMatchObject({ 'error-code': 'Redshift.TableNotFound' });
  });
});

test('the reference in its thread fills a table for the default client', async () => {
  const options = { limits: 'off', latency: 'none', createDeliveryStreamMs: 0, redshiftSql } as const;
  await using reference = await startReferenceThread(options);
  const credentials = { accessKeyId: 'kinebench', secretAccessKey: 'kinebench' };
  const client = new sdk.FirehoseClient({ endpoint: reference.url, region: reference.region, credentials });
  const RedshiftDestinationConfiguration = {
    ...redshift().RedshiftDestinationConfiguration,
    ClusterJDBCURL: `jdbc:postgresql://mine.redshift.localhost:${port}/postgres`,
    S3Configuration: { ...stage, ...hints(1, 0) },
  };
  const named = { DeliveryStreamName: 'd' };
  await client.send(new sdk.CreateDeliveryStreamCommand({ ...named, RedshiftDestinationConfiguration }));
  await client.send(new sdk.PutRecordCommand({ ...named, Record: { Data: Buffer.from('{"id":70}') } }));
  const there = async () => (await database.query('SELECT id FROM events WHERE id = 70')).rows.length;
  for (let turn = 0; turn < 400 && (await there()) === 0; turn += 1) await sleepFor(systemClock, NS_PER_S / 20);
  expect(await there()).toBe(1);
  const { DeliveryStreamDescription: shown } = await client.send(new sdk.DescribeDeliveryStreamCommand(named));
  expect(shown?.Destinations?.[0]?.RedshiftDestinationDescription).toMatchObject({
    Username: 'loader',
    RetryOptions: { DurationInSeconds: 3600 },
  });
});

/** A server that says nothing. */
async function listening(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert(typeof address === 'object' && address !== null);
  return { server, port: address.port };
}

describe('a command', () => {
  test('is done as a whole or not at all', async () => {
    const refused = run(command("INSERT INTO events VALUES (8, 'a'); INSERT INTO events VALUES (NULL, 'b')"), signal);
    await expect(refused).rejects.toSatisfy((error) => error instanceof SqlError && error.state === '23502');
    expect((await database.query('SELECT * FROM events WHERE id = 8')).rows).toEqual([]);
  });

  test('where nobody listens fails with something else', async () => {
    const closed = await listening();
    closed.server.close();
    const failed = run({ ...command('SELECT 1'), port: closed.port }, signal);
    await expect(failed).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('is not told to another machine without TLS', async () => {
    const plain = await listening();
    let heard = '';
    plain.server.on('connection', (socket) =>
      socket.on('data', (chunk: Buffer) => {
        heard += chunk.toString('latin1');
        socket.write('N');
      }),
    );
    const failed = run({ ...command('SELECT 1'), host: '127.0.0.1', port: plain.port }, signal);
    await expect(failed).rejects.toThrow('does not support SSL');
    // The question for TLS has eight bytes.
    expect(heard).toHaveLength(8);
    plain.server.close();
  });

  test('is told to nobody whose certificate is not vouched for', async () => {
    const secure = await listening();
    const certificate = await makeCertificate('127.0.0.1');
    secure.server.on('connection', (socket) =>
      socket.once('data', () => {
        socket.write('S');
        new TLSSocket(socket, { isServer: true, ...certificate }).on('error', () => {});
      }),
    );
    const failed = run({ ...command('SELECT 1'), host: '127.0.0.1', port: secure.port }, signal);
    await expect(failed).rejects.toThrow(/self-signed certificate/);
    secure.server.close();
  });

  test('lets go of its connection when the signal aborts', async () => {
    const silent = await listening();
    const over = new AbortController();
    const failed = run({ ...command('SELECT 1'), port: silent.port }, over.signal).catch((error: unknown) => error);
    const [socket]: Socket[] = await once(silent.server, 'connection');
    socket!.resume();
    over.abort();
    await once(socket!, 'close');
    expect(await failed).toBeInstanceOf(Error);
    silent.server.close();
  });
});
