// Statuses of releases from the database: asking the API for each would be load as well.
import pg from 'pg';

/** How long notifications are gathered before the views are read. */
const gatherMs = 10;
const patienceMs = 300_000;

/** A notification is a hint that a release has changed; its view says how it is. */
export async function openViews(connectionString) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const waiting = new Map();
  client.on('error', (error) => waiting.forEach(({ fail }) => fail(error)));
  /** Changed releases, and when the newest notification of each came. */
  let changed = new Map();
  let reading;
  const look = (release) => {
    if (!waiting.has(release)) return;
    changed.set(release, performance.now());
    reading ??= setTimeout(() => void read(), gatherMs);
  };
  client.on('notification', ({ payload }) => look(JSON.parse(payload).release));
  await client.query('LISTEN towpath');

  async function read() {
    const seen = changed;
    changed = new Map();
    reading = undefined;
    try {
      const { rows } = await client.query(`SELECT id, view->>'status' AS status FROM releases WHERE id = ANY($1)`, [
        [...seen.keys()],
      ]);
      for (const { id, status } of rows) waiting.get(id)?.see({ status, at: seen.get(id) });
    } catch (error) {
      for (const id of seen.keys()) waiting.get(id)?.fail(error);
    }
  }

  return {
    async reaches(id, isEnough) {
      let late;
      try {
        return await new Promise((resolve, reject) => {
          const see = (seen) => isEnough(seen.status) && resolve(seen);
          waiting.set(id, { see, fail: reject });
          late = setTimeout(() => reject(new Error(`release ${id} does not come to its end`)), patienceMs);
          // It may have got there before anybody listened.
          look(id);
        });
      } finally {
        waiting.delete(id);
        clearTimeout(late);
      }
    },
    async close() {
      clearTimeout(reading);
      await client.end();
    },
  };
}
