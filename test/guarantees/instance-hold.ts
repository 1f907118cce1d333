import pg from 'pg';

export interface InstanceHold {
  /** True while somebody waits for the instance. */
  holds: () => Promise<boolean>;
  release: () => Promise<void>;
}

/** Locks the row of a service's instance, as another transaction would, until it is released or PostgreSQL ends. */
export async function holdInstance(databaseUrl: string, service: string): Promise<InstanceHold> {
  const client = new pg.Client({ connectionString: databaseUrl });
  // When PostgreSQL is killed, the lock goes with it.
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN');
  const { rows } = await client.query('SELECT 1 FROM instances WHERE service = $1 FOR UPDATE', [service]);
  if (rows.length !== 1) throw new Error(`${service} has ${rows.length} instances`);
  return {
    holds: async () => {
      const waiting = await client.query(
        'SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))',
      );
      return waiting.rows.length > 0;
    },
    release: () => client.end().catch(() => undefined),
  };
}
