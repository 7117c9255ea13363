/** What Data Firehose sends to Redshift, to a PostgreSQL that stands in for it on a socket of this machine. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadedInto, under } from '../firehose/redshift-cluster.test-data.ts';
import { put } from '../firehose/spoken.test-data.ts';
import { SqlError } from '../firehose/sql.ts';
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
