// What the other parts have to do for a release, as they count it themselves.
import pg from 'pg';

/** PostgreSQL counts its statements. */
export const countingPostgres = ['-c', 'shared_preload_libraries=pg_stat_statements'];

export async function openStatements({ databaseUrl, beforeStop }) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  beforeStop(() => client.end());
  await client.query('CREATE EXTENSION pg_stat_statements');
  return {
    reset: () => client.query('SELECT pg_stat_statements_reset()'),
    /** Every statement since the reset: `{text, calls, ms}`, the most frequent first. */
    async read() {
      const { rows } = await client.query(
        'SELECT query AS text, calls::int, total_exec_time AS ms FROM pg_stat_statements ORDER BY calls DESC',
      );
      return rows.filter(({ text }) => !/pg_stat_statements/.test(text));
    },
  };
}

/** The dev server's own counters: `{operation: count}` of the frontend. */
export async function temporalRequests(port) {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  const counts = {};
  for (const line of (await answer.text()).split('\n')) {
    const match = /^service_requests\{(.*)\} ([0-9.e+]+)/.exec(line);
    if (!match || !/service_name="frontend"/.test(match[1])) continue;
    const operation = /operation="([^"]*)"/.exec(match[1])?.[1] ?? '?';
    counts[operation] = (counts[operation] ?? 0) + Number(match[2]);
  }
  return counts;
}
