import { expect, test } from '@jest/globals';
import type { ReleaseView } from '../../src/release/view.js';
import { runSql } from '../real/postgres.js';
import { beginOf, keyOf, startOf } from './stored.js';
import { useStore } from './use-store.js';

const real = useStore();
const why = 'its workflow was terminated in Temporal';

/** A stored and started release that holds the turn of staging with an open run. */
async function begun(service: string) {
  const { release } = await real.store.createRelease(startOf(service));
  await real.store.markStarted(release.id);
  const key = keyOf({ service }, release.number);
  const turn = await real.store.takeTurn(beginOf(key, { releaseDigest: release.digest }));
  expect(turn.outcome).toBe('granted');
  return { id: release.id, key };
}

const viewOf = async (id: string): Promise<ReleaseView | undefined> => (await real.store.release(id))?.view;
async function instance(service: string) {
  const staging = `SELECT holder, stable_release FROM instances WHERE channel = 'staging' AND service = $1`;
  return (await runSql(real.databaseUrl, staging, [service]))[0];
}

test('the first Temporal namespace is kept until another one is adopted', async () => {
  expect(await real.store.knownNamespace('a')).toEqual({ stored: 'a', now: 'a' });
  expect(await real.store.knownNamespace('b')).toEqual({ stored: 'a', now: 'b' });
  await real.store.adoptNamespace('b');
  expect(await real.store.knownNamespace('b')).toEqual({ stored: 'b', now: 'b' });
});

test('open is what was started and has not ended', async () => {
  const { id } = await begun('listed');
  await real.store.createRelease(startOf('unstarted'));
  const ids = (await real.store.openReleases()).map((each) => each.id);
  expect(ids).toContain(id);
  expect(ids).not.toContain('my-app/unstarted/1');
});

test('a release that is closed frees its turn with its run, and those that queue are told', async () => {
  const { id, key } = await begun('freed');
  const second = await real.store.createRelease(
    startOf('freed', { key: 'k2', requestDigest: 'r2', contentDigest: () => 'c2' }),
  );
  const asked = beginOf(keyOf({ service: 'freed' }, 2), { releaseDigest: second.release.digest });
  expect(await real.store.takeTurn(asked)).toMatchObject({ outcome: 'queued' });
  const left = await real.store.leftBehind(id);
  expect(left.runs).toMatchObject([{ key, number: 1, cluster: 'ops' }]);
  await real.store.closeRelease({ release: id, why, runs: [{ key, answer: { run: 1 } }] });
  expect(await viewOf(id)).toMatchObject({ status: 'CANCELLED', endedAt: expect.any(String) });
  expect((await instance('freed'))?.['holder']).toBeNull();
  const told = (await real.store.outbox(100)).filter(({ message }) => message === 'turnChanged');
  expect(told.map(({ workflowId }) => workflowId)).toContain('release/my-app/freed/2');
  expect(await real.store.takeTurn(asked)).toMatchObject({ outcome: 'granted', run: 2 });
  expect((await real.store.takeTurn(beginOf(key))).outcome).not.toBe('granted');
});

test('what was seen of the run that was ended is kept', async () => {
  const { id, key } = await begun('seen');
  const end = {
    exitCode: 143,
    tail: ['stopped'],
    logBytes: 8,
    truncated: false,
    warnings: [],
    result: { message: 'half' },
  };
  await real.store.closeRelease({ release: id, why, runs: [{ key, answer: { run: 1, end } }] });
  expect(await real.store.runs(id)).toMatchObject([{ run: 1, code: 'WORKFLOW_GONE', end }]);
});

test('a run that had succeeded by itself leaves the channel stable', async () => {
  const { id, key } = await begun('succeeded');
  const answer = { run: 1, ended: { code: 'SUCCEEDED' as const } };
  await real.store.closeRelease({ release: id, why, runs: [{ key, answer }] });
  expect((await viewOf(id))?.channels[0]?.status).toBe('CONVERGED');
  expect(await instance('succeeded')).toEqual({ holder: null, stable_release: 1 });
});

test('a run that was begun behind the last view of a release that has ended is found, and its turn freed', async () => {
  const { id, key } = await begun('behind');
  const ended = { ...(await viewOf(id))!, sequence: 9, endedAt: '2026-01-01T00:00:00Z' };
  await real.store.project({ view: ended, entered: [], watched: [] });
  expect((await real.store.openReleases()).map((each) => each.id)).toContain(id);
  await real.store.closeRelease({ release: id, why, runs: [{ key, answer: { run: 1 } }] });
  expect((await instance('behind'))?.['holder']).toBeNull();
  expect((await viewOf(id))?.sequence).toBe(9);
  expect((await real.store.openReleases()).map((each) => each.id)).not.toContain(id);
});

test('nothing is freed while a run of it may still have a Job', async () => {
  const { id } = await begun('unproven');
  await expect(real.store.closeRelease({ release: id, why, runs: [] })).rejects.toThrow('still open');
  expect((await instance('unproven'))?.['holder']).toBe(1);
  expect((await viewOf(id))?.endedAt).toBeUndefined();
});

test('closed twice, or after it had ended, it changes nothing', async () => {
  const { id, key } = await begun('twice');
  const input = { release: id, why, runs: [{ key, answer: { run: 1 } }] };
  await real.store.closeRelease(input);
  const first = await viewOf(id);
  await real.store.closeRelease({ ...input, why: 'again' });
  expect(await viewOf(id)).toEqual(first);
});
