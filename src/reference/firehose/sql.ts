/**
 * The way of SQL to a cluster of Redshift, or to what stands in for one. This part has no sockets; `transport/postgres-runner.ts`
 * speaks the protocol of PostgreSQL over them, and a simulation or a test answers in process, on its own clock.
 */

/** Where a database is, and who asks. */
export interface Cluster {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/** Statements that are done all of them, or none. */
export interface SqlCommand extends Cluster {
  readonly text: string;
}

/** What a database said against a command. */
export class SqlError extends Error {
  /** Its SQLSTATE, five characters. */
  readonly state: string;

  constructor(state: string, message: string) {
    super(message);
    this.state = state;
  }
}

/**
 * Runs a command. Rejects with an SqlError where the database refuses it, and with anything else where there is no word of it. The
 * signal aborts when nobody waits any more, after an answer too: then everything is let go.
 */
export type SqlRunner = (command: SqlCommand, signal: AbortSignal) => Promise<void>;

const PORT_MAX = 65_535;

/** The database that a JDBC URL names (its pattern is that of the service model); undefined where its port is none. */
export function databaseIn(jdbcUrl: string): Pick<Cluster, 'host' | 'port' | 'database'> | undefined {
  const [, host = '', digits = '', database = ''] = /^jdbc:\w+:\/\/([^:/]+):(\d+)\/(.+)$/.exec(jdbcUrl) ?? [];
  const port = Number(digits);
  return port >= 1 && port <= PORT_MAX ? { host, port, database } : undefined;
}
