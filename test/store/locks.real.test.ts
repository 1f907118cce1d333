import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { runSql } from '../real/postgres.js';
import { until } from '../real/until.js';
import { beginOf, finishOf, grant, keyOf, startOf, viewOf } from './stored.js';
import { useStore } from './use-store.js';

const real = useStore();

/** Somebody who has a row, so that the others come to it in the order that a test wants. */
let blocker: pg.Client;
beforeEach(async () => {
  blocker = new pg.Client({ connectionString: real.databaseUrl });
  await blocker.connect();
  await blocker.query('BEGIN');
});
afterEach(() => blocker.end());

const waiting = (count: number) =>
  until(`${count} transactions wait for a lock`, async () => {
    const blocked = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
    return (await runSql(real.databaseUrl, blocked)).length >= count;
  });

/** What it answered or threw. */
const settled = (work: Promise<unknown>): Promise<PromiseSettledResult<unknown>[]> => Promise.allSettled([work]);

test('the end of a release and a turn of the next one do not wait for each other over slots', async () => {
  const of = { service: 'slots-last' };
  const { release } = await real.store.createRelease(startOf(of.service));
  const slot = { releaseDigest: release.digest, maxConcurrency: 2 };
  const first = keyOf({ ...of, channel: 'production' }, release.number);
  await grant(real.store, first, slot);
  await blocker.query(`SELECT * FROM slots WHERE runtime = 'vm' FOR UPDATE`);
  const runs = [{ key: first, answer: { run: 1 } }];
  const closing = settled(real.store.closeRelease({ release: release.id, why: 'gone', runs }));
  await waiting(1);
  const taking = settled(real.store.takeTurn(beginOf(keyOf({ ...of, channel: 'staging' }, 2), slot)));
  await waiting(2);
  await blocker.query('ROLLBACK');
  expect(await closing).toEqual([{ status: 'fulfilled', value: undefined }]);
  expect(await taking).toMatchObject([{ value: { outcome: 'granted' } }]);
});

test('two views of a release that tell of the same request do not wait for each other', async () => {
  const of = { service: 'requests-last' };
  const { release } = await real.store.createRelease(startOf(of.service));
  const key = keyOf(of, release.number);
  await grant(real.store, key);
  const asked = { id: 'locked', release: release.id, kind: 'cancel', channel: 'production', by: 'ann' } as const;
  await real.store.addRequest({ ...asked, releaseDigest: release.digest });
  await blocker.query(`SELECT * FROM requests WHERE id = 'locked' FOR UPDATE`);
  const at = '2026-01-01T00:00:00.000Z';
  const decision = { channel: 'production', gate: 'a', decision: 'approve', by: 'ann', source: 'request', at } as const;
  const decisions = [{ ...decision, requestId: 'locked', counted: true }];
  const view = (sequence: number) =>
    viewOf(of, release.number, { sequence, decisions, statuses: { staging: 'CONVERGING', production: 'PENDING' } });
  const finishing = settled(real.store.finish(finishOf(key, { view: view(3) })));
  await waiting(1);
  const projecting = settled(real.store.project({ view: view(4), entered: ['production'], watched: [] }));
  await waiting(2);
  await blocker.query('ROLLBACK');
  expect(await finishing).toMatchObject([{ status: 'fulfilled' }]);
  expect(await projecting).toMatchObject([{ value: { standings: { production: { standing: 'keep' } } } }]);
  expect(await real.store.requestOutcome('locked')).toEqual({ counted: true });
});
