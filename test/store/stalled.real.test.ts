import { beforeEach, expect, test } from '@jest/globals';
import { runSql } from '../real/postgres.js';
import type { Status } from '../../src/release/status.js';
import { beginOf, finishOf, keyOf, startOf, viewOf } from './stored.js';
import { useStore } from './use-store.js';

const real = useStore();
const quietMs = 120_000;
const sql = (text: string, values: unknown[] = []) => runSql(real.databaseUrl, text, values);
const quiet = () => real.store.quietReleases(quietMs);
const idOf = (service: string, number = 1): string => `my-app/${service}/${number}`;

beforeEach(async () => {
  await sql(`UPDATE releases SET view = view || '{"endedAt": "2026-01-01T00:00:00Z"}'`);
});

/** A release that was started and has shown this an hour ago. */
async function shown(service: string, status: Status, number = 1): Promise<string> {
  const more = number === 1 ? {} : { key: `k-${number}`, requestDigest: 'r', contentDigest: () => `c-${number}` };
  const { release } = await real.store.createRelease(startOf(service, more));
  await real.store.markStarted(release.id);
  await real.store.project({
    view: { ...viewOf({ service }, number, { statuses: { staging: status } }), status },
    entered: [],
    watched: [],
  });
  await age(release.id);
  return release.id;
}

const age = (id: string) => sql(`UPDATE releases SET projected_at = now() - interval '1 hour' WHERE id = $1`, [id]);

test.each<[Status, boolean]>([
  ['CONVERGING', true],
  ['PENDING', true],
  ['WAITING_MANUAL_APPROVAL', false],
  ['WAITING_PRECONDITIONS', false],
  ['QUEUED', false],
])('a release that is %s for long should go on: %s', async (status, should) => {
  const service = status.toLowerCase().replaceAll('_', '-');
  const id = await shown(service, status);
  expect((await quiet()).map((each) => each.id)).toEqual(should ? [id] : []);
});

test('one whose only running channel pauses before it tries again has a timer', async () => {
  const id = await shown('retrying', 'CONVERGING');
  const retrying = (channel: string) =>
    sql(
      `UPDATE releases SET view = jsonb_set(view, ARRAY['channels', $2, 'explanations'],
        '[{"code": "RETRYING", "subject": "s", "message": "m"}]') WHERE id = $1`,
      [id, channel],
    );
  await retrying('0');
  expect(await quiet()).toEqual([]);
  await sql(
    `UPDATE releases SET view = jsonb_insert(view, '{channels,0}', '{"status": "CONVERGING", "explanations": []}')`,
  );
  expect((await quiet()).map((each) => each.id)).toEqual([id]);
});

test('not one that has shown something, has ended, has not started, or was told lately', async () => {
  const id = await shown('lately', 'CONVERGING');
  expect(await quiet()).toEqual([
    { id, why: 'it is shown as CONVERGING, and nothing of it is under way', always: false },
  ]);
  const [release] = await quiet();
  await real.store.recordPoke(release!);
  expect(await quiet()).toEqual([]);
  expect(await real.store.poked()).toEqual([{ id, at: expect.any(String), why: release?.why }]);
  await sql(`UPDATE releases SET poked_at = now() - interval '2 hours'`);
  expect(await quiet()).toHaveLength(1);
  expect(await real.store.poked()).toEqual([]);
  await sql('UPDATE releases SET started_at = NULL WHERE id = $1', [id]);
  expect(await quiet()).toEqual([]);
  await sql('UPDATE releases SET started_at = now() WHERE id = $1', [id]);
  const view = { ...viewOf({ service: 'lately' }, 1, { statuses: {} }), sequence: 9 };
  await real.store.project({ view, entered: [], watched: [] });
  expect(await quiet()).toEqual([]);
});

/** Release 1 of a service has the turn, release 2 queues for it. */
async function queued(service: string) {
  const first = keyOf({ service }, 1);
  await shown(service, 'CONVERGING');
  await real.store.takeTurn(beginOf(first));
  const id = await shown(service, 'QUEUED', 2);
  await real.store.takeTurn(beginOf(keyOf({ service }, 2)));
  return { first, id };
}

test('one that queues although its turn is free, once its signal was sent or lost', async () => {
  const service = 'turn';
  const { first, id } = await queued(service);
  const view = {
    ...viewOf({ service }, 1, { statuses: { staging: 'CONVERGED' } }),
    sequence: 9,
    endedAt: '2026-01-01T00:00:00Z',
  };
  expect((await quiet()).map((each) => each.id)).toEqual([idOf(service)]);
  await real.store.finish(finishOf(first, { view }));
  expect(await quiet()).toEqual([]);
  await real.store.markSent((await real.store.outbox(100)).map((row) => row.id));
  expect(await quiet()).toEqual([
    { id, why: 'its turn in staging is free, and it has not asked for it', always: false },
  ]);
  await real.store.takeTurn(beginOf(keyOf({ service }, 2)));
  expect(await quiet()).toEqual([]);
});

test('one of whose channels queues although its turn is free, while another channel waits', async () => {
  const service = 'two';
  const { first, id } = await queued(service);
  await sql(`UPDATE releases SET view = view || '{"status": "WAITING_MANUAL_APPROVAL"}' WHERE id = $1`, [id]);
  const view = { ...viewOf({ service }, 1, { statuses: { staging: 'CONVERGED' } }), sequence: 9 };
  await real.store.finish(finishOf(first, { view: { ...view, endedAt: '2026-01-01T00:00:00Z' } }));
  await real.store.markSent((await real.store.outbox(100)).map((row) => row.id));
  const why = 'its turn in staging is free, and it has not asked for it';
  expect(await quiet()).toEqual([{ id, why, always: false }]);
});

test('every one that is shown as before an epoch, once', async () => {
  const id = await shown('restored', 'WAITING_MANUAL_APPROVAL');
  expect(await quiet()).toEqual([]);
  await real.store.beginEpoch('restored');
  const [release] = await quiet();
  expect(release).toMatchObject({ id, always: true });
  await real.store.recordPoke(release!);
  await sql(`UPDATE releases SET poked_at = poked_at, projected_at = projected_at`);
  expect(await quiet()).toEqual([]);
  await sql(`UPDATE installation SET epoch_at = now() - interval '30 minutes'`);
  await sql(`UPDATE releases SET poked_at = now() - interval '20 minutes' WHERE id = $1`, [id]);
  expect(await quiet()).toEqual([]);
});
