import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import pg from 'pg';
import { openStore, type Store } from '../../src/store/open.js';
import { migrations } from '../../src/store/migrations.js';
import { startLink } from '../faults/link.js';
import { runSql, startPostgres, type RealPostgres } from '../real/postgres.js';
import { until } from '../real/until.js';
import { beginOf, finishOf, grant, keyOf, partOf, startOf, viewOf } from './stored.js';

let postgres: RealPostgres;
const opened: Store[] = [];
const open = async (databaseUrl = postgres.databaseUrl): Promise<Store> => {
  const store = await openStore({ databaseUrl });
  opened.push(store);
  return store;
};
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  for (const store of opened) await store.close();
  await postgres?.stop();
});

/** Connections of the store, not of the tests' own statements. */
const terminateAll = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE pid <> pg_backend_pid() AND datname = current_database()`;

describe('migrations', () => {
  test('run once, also when several processes start at once, and again later', async () => {
    await Promise.all(Array.from({ length: 6 }, () => open()));
    await open();
    const rows = await runSql(postgres.databaseUrl, 'SELECT name FROM migrations ORDER BY name');
    expect(rows.map((row) => row['name'])).toEqual(migrations.map((migration) => migration.name));
    const [first, second] = [await open(), await open()];
    expect(await first.installationId()).toBe(await second.installationId());
    expect(await first.installationId()).toMatch(/^[0-9a-f-]{36}$/);
    expect((await first.ping()).version).toMatch(/^[0-9]+/);
  });

  test('are left to another process where that is wished', async () => {
    await runSql(postgres.databaseUrl, 'CREATE DATABASE unmigrated');
    const other = new URL(postgres.databaseUrl);
    other.pathname = '/unmigrated';
    const store = await openStore({ databaseUrl: other.href, migrate: false });
    expect(await runSql(other.href, `SELECT 1 FROM pg_tables WHERE tablename = 'migrations'`)).toEqual([]);
    await store.close();
    await runSql(postgres.databaseUrl, 'DROP DATABASE unmigrated WITH (FORCE)');
  });
});

describe('a database that does not answer', () => {
  test('says STORE_UNREACHABLE, and neither address nor password', async () => {
    const url = 'postgres://someone:hunter2@127.0.0.1:1/nowhere';
    const error = await openStore({ databaseUrl: url }).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: 'STORE_UNREACHABLE' });
    expect((error as Error).message).not.toMatch(/hunter2|someone|nowhere|127\.0\.0\.1/);
  });

  test('a password that is refused says so without it', async () => {
    const url = new URL(postgres.databaseUrl);
    url.password = 'hunter2';
    const error = await openStore({ databaseUrl: url.href }).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: 'STORE_UNREACHABLE' });
    expect((error as Error).message).toContain('refused');
    expect((error as Error).message).not.toContain('hunter2');
  });

  test('a server that accepts and says nothing is given up', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const answer = openStore({ databaseUrl: `postgres://a:b@127.0.0.1:${port}/c` });
    await expect(answer).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  test('a connection that is cut under a transaction fails that call alone', async () => {
    const store = await open();
    const key = keyOf({ service: 'cut' }, 1);
    await grant(store, key);
    const blocker = new pg.Client({ connectionString: postgres.databaseUrl });
    blocker.on('error', () => undefined);
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query(`SELECT * FROM instances WHERE service = 'cut' FOR UPDATE`);
    const waits = store.finish(finishOf(key)).catch((thrown: unknown) => thrown);
    const blocked = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
    while ((await runSql(postgres.databaseUrl, blocked)).length === 0) await new Promise(setImmediate);
    await runSql(postgres.databaseUrl, terminateAll);
    expect(await waits).toMatchObject({ code: 'STORE_UNREACHABLE' });
    await blocker.end().catch(() => undefined);
    expect(await store.takeTurn(beginOf(key))).toMatchObject({ outcome: 'granted', run: 1 });
  });

  test('what a process has locked whose connection is silently dead is free again in seconds', async () => {
    const [store, url] = [await open(), new URL(postgres.databaseUrl)];
    const link = await startLink(Number(url.port));
    url.port = String(link.port);
    const gone = await openStore({ databaseUrl: url.href });
    const key = keyOf({ service: 'ghost' }, 1);
    await grant(store, key);
    const blocker = new pg.Client({ connectionString: postgres.databaseUrl });
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query(`SELECT * FROM instances WHERE service = 'ghost' FOR UPDATE`);
    const lost = gone.closeRun(key).catch((thrown: unknown) => thrown);
    const blocked = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
    await until('it waits for the lock', async () => (await runSql(postgres.databaseUrl, blocked)).length > 0);
    link.fail('drop');
    await blocker.end();
    await until('others get the lock', () => store.takeTurn(beginOf(key)).catch(() => undefined));
    link.close();
    expect(await lost).toMatchObject({ code: 'STORE_UNREACHABLE' });
    await gone.close();
  });

  test('a lock that is never given up ends the wait', async () => {
    const store = await open();
    await grant(store, keyOf({ service: 'stuck' }, 1));
    const blocker = new pg.Client({ connectionString: postgres.databaseUrl });
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query(`SELECT * FROM instances WHERE service = 'stuck' FOR UPDATE`);
    const waits = store.takeTurn(beginOf(keyOf({ service: 'stuck' }, 2)));
    await expect(waits).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    await blocker.end();
    expect(await store.takeTurn(beginOf(keyOf({ service: 'stuck' }, 2)))).toMatchObject({ outcome: 'queued' });
  });
});

describe('waiting for a change', () => {
  const forever = 60_000;
  const never = new AbortController().signal;
  /** A wait is a hint: it may end early. It counts when it ends after what was done, and not before. */
  const wakes = async (wait: Promise<void>, act: () => Promise<unknown>): Promise<void> => {
    await act();
    await expect(wait).resolves.toBeUndefined();
  };

  test('ends at a projection, a run, a decision, a start', async () => {
    const store = await open();
    const other = await open();
    const { release } = await store.createRelease(startOf('waked'));
    const key = keyOf({ service: 'waked' }, release.number);
    const request = {
      id: 'w-1',
      release: release.id,
      kind: 'decide',
      channel: 'staging',
      gate: 'g',
      decision: 'approve',
      by: 'ann',
      releaseDigest: 'd',
    } as const;
    await store.addRequest(request);
    const acts: (() => Promise<unknown>)[] = [
      () => store.markStarted(release.id),
      () => store.project({ view: viewOf({ service: 'waked' }, release.number), entered: [], watched: [] }),
      () => grant(store, key),
      () => store.recordProgress(key, { uid: 'u', phase: 'running', logBytes: 0 }),
      () => store.setRequestOutcome('w-1', { counted: true }),
      () => store.finish(finishOf(key)),
    ];
    expect(acts).toHaveLength(6);
    for (const act of acts) await wakes(other.waitForChange(release.id, forever, never), act);
  });

  test('of a log ends at a line of it, and at the end of its run', async () => {
    const store = await open();
    const other = await open();
    const key = keyOf({ service: 'printing' }, 1);
    await grant(store, key);
    const wait = () => other.waitForLog('my-app/printing/1', forever, never);
    const first = wait();
    await store.appendLog(key, partOf(0, 'line\n'));
    await expect(first).resolves.toBeUndefined();
    const last = wait();
    await store.finish(finishOf(key));
    await expect(last).resolves.toBeUndefined();
  });

  test('ends for what to send, and for configuration', async () => {
    const store = await open();
    const other = await open();
    for (const number of [1, 2]) await store.takeTurn(beginOf(keyOf({ service: 'sends' }, number)));
    expect(await store.outbox(1000)).toEqual([]);
    await wakes(other.waitForOutbox(forever, never), () => store.takeTurn(beginOf(keyOf({ service: 'sends' }, 3))));
    await wakes(other.waitForConfigs(forever, never), () => store.applyConfigs(() => [], 'ann'));
  });

  test('sees its own among many that arrive together', async () => {
    const store = await open();
    await grantedListener(store);
    const wait = store.waitForChange('my-app/mine/1', forever, never);
    const together = Array.from({ length: 50 }, (_, nth) => ({ release: `my-app/x/${nth}` }));
    together.splice(25, 0, { release: 'my-app/mine/1' });
    await runSql(
      postgres.databaseUrl,
      `SELECT pg_notify('towpath', payload) FROM unnest($1::text[]) WITH ORDINALITY AS all_of(payload, nth) ORDER BY nth`,
      [together.map((about) => JSON.stringify(about))],
    );
    await expect(wait).resolves.toBeUndefined();
  });

  test('goes on after nonsense on the channel and after a lost connection', async () => {
    const store = await open();
    await grantedListener(store);
    await runSql(postgres.databaseUrl, `SELECT pg_notify('towpath', '{nonsense'), pg_notify('towpath', 'null')`);
    const wait = store.waitForChange('my-app/back/1', forever, never);
    await runSql(postgres.databaseUrl, terminateAll);
    await expect(wait).resolves.toBeUndefined();
    await grantedListener(store);
  });

  test('goes on after a connection that is silently dropped', async () => {
    const url = new URL(postgres.databaseUrl);
    const link = await startLink(Number(url.port));
    url.port = String(link.port);
    const store = await openStore({ databaseUrl: url.href });
    await grantedListener(store);
    link.fail('drop');
    link.heal();
    const tenMinutes = 600_000;
    const wait = store.waitForChange('my-app/dropped/1', tenMinutes, never);
    await runSql(postgres.databaseUrl, `SELECT pg_notify('towpath', '{"release":"my-app/dropped/1"}')`);
    await expect(wait).resolves.toBeUndefined();
    await grantedListener(store);
    link.close();
    await store.close();
  });

  test('ends by time, by abort and by closing', async () => {
    const store = await openStore({ databaseUrl: postgres.databaseUrl });
    await store.waitForChange('my-app/none/1', 20, never);
    const abort = new AbortController();
    const waits = [store.waitForChange('my-app/none/1', forever, abort.signal)];
    abort.abort();
    waits.push(store.waitForChange('my-app/none/1', forever, abort.signal));
    await expect(Promise.all(waits)).resolves.toHaveLength(2);
    const last = store.waitForChange('my-app/none/1', forever, never);
    await store.close();
    await last;
  });

  /** Ends once the listening connection delivers. */
  async function grantedListener(store: Store): Promise<void> {
    const heard = new AbortController();
    const wait = store.waitForChange('my-app/probe/1', forever, never).then(() => heard.abort());
    while (!heard.signal.aborted) {
      await runSql(postgres.databaseUrl, `SELECT pg_notify('towpath', '{"release":"my-app/probe/1"}')`);
      await new Promise(setImmediate);
    }
    await wait;
  }
});
