/**
 * The runner of SQL over sockets, by the protocol of PostgreSQL, which is Redshift's: a connection for each command. TLS is checked
 * against the roots of Node (others by NODE_EXTRA_CA_CERTS); names under `localhost` are this machine's loopback, without TLS and
 * without asking anybody (RFC 6761). The client is loaded with the first command, so that nobody else pays for it.
 */
import { Socket } from 'node:net';
import { SqlError, type SqlRunner } from '../firehose/sql.ts';

/** A runner of commands. */
export function postgresRunner(): SqlRunner {
  return async ({ host, port, database, user, password, text }, signal) => {
    const { Client, DatabaseError } = await import('pg');
    const local = host.endsWith('.localhost');
    const socket = new Socket();
    const client = new Client({
      host: local ? '127.0.0.1' : host,
      port,
      database,
      user,
      password,
      ssl: !local,
      stream: () => socket,
      application_name: 'kinebench',
    });
    // What goes wrong while nothing is asked would otherwise be thrown at nobody.
    client.on('error', () => {});
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
    try {
      signal.throwIfAborted();
      await client.connect();
      // Without parameters all statements of a text go in one message, which is one transaction.
      await client.query(text);
    } catch (error) {
      throw error instanceof DatabaseError ? new SqlError(error.code ?? '', error.message) : error;
    } finally {
      // Says goodbye; the signal ends what does not end by itself.
      void client.end().catch(() => {});
    }
  };
}
