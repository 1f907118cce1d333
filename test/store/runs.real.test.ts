import { describe, expect, test } from '@jest/globals';
import { runSql } from '../real/postgres.js';
import { beginOf, finishOf, grant, keyOf, stableAt, startOf, viewOf } from './stored.js';
import { useStore } from './use-store.js';

const real = useStore();

const instance = async (service: string, channel = 'staging') => {
  const text = 'SELECT * FROM instances WHERE service = $1 AND channel = $2';
  const [row] = await runSql(real.databaseUrl, text, [service, channel]);
  return row as Record<string, unknown>;
};
const signals = async (service: string): Promise<[string, string][]> =>
  (await real.store.outbox(1000))
    .filter((row) => row.workflowId.startsWith(`release/my-app/${service}/`))
    .map((row) => [row.workflowId.replace(`release/my-app/${service}/`, ''), row.message]);

describe('taking a turn', () => {
  test('the same key is the same run, and the Job that was recorded is told', async () => {
    const key = keyOf({ service: 'same-key' }, 1);
    const run = await grant(real.store, key);
    expect(await grant(real.store, key)).toBe(run);
    const ref = { key, run, cluster: 'ops', namespace: 'n', name: 'j', uid: 'u-1', specHash: 's', allottedAt: '' };
    await real.store.recordJob({ ...ref, mainContainer: 'main' });
    expect(await real.store.takeTurn(beginOf(key))).toMatchObject({ outcome: 'granted', run, uid: 'u-1' });
  });

  test('of two releases that ask on many connections at once exactly one is granted', async () => {
    const keys = [1, 2].map((release) => keyOf({ service: 'race' }, release));
    const asks = Array.from({ length: 16 }, (_, nth) => real.store.takeTurn(beginOf(keys[nth % 2]!)));
    const answers = await Promise.all(asks);
    const granted = new Set(answers.flatMap((answer, nth) => (answer.outcome === 'granted' ? [nth % 2] : [])));
    expect(granted.size).toBe(1);
    expect(new Set(answers.flatMap((answer) => (answer.outcome === 'granted' ? [answer.run] : [])))).toEqual(
      new Set([1]),
    );
    expect((await instance('race'))['holder']).toBe([...granted][0]! + 1);
  });

  test('run numbers grow by one and never repeat, also after the turn was freed', async () => {
    const runs = [];
    for (const release of [1, 2, 3]) {
      const key = keyOf({ service: 'numbers' }, release);
      runs.push(await grant(real.store, key));
      await real.store.finish(finishOf(key, { outcome: { code: 'JOB_FAILED' } }));
    }
    expect(runs).toEqual([1, 2, 3]);
  });

  test('the newest of those that wait stays, and the holder ends first', async () => {
    const of = { service: 'latest-wins' };
    await grant(real.store, keyOf(of, 1));
    expect(await real.store.takeTurn(beginOf(keyOf(of, 2)))).toEqual({
      outcome: 'queued',
      behind: 'my-app/latest-wins/1',
    });
    expect(await real.store.takeTurn(beginOf(keyOf(of, 3)))).toEqual({
      outcome: 'queued',
      behind: 'my-app/latest-wins/1',
    });
    expect(await real.store.takeTurn(beginOf(keyOf(of, 2)))).toEqual({
      outcome: 'replaced',
      by: 'my-app/latest-wins/3',
    });
    await real.store.finish(finishOf(keyOf(of, 1), { stable: stableAt(1) }));
    expect(await signals(of.service)).toEqual([
      ['2', 'turnChanged'],
      ['3', 'turnChanged'],
    ]);
    expect(await grant(real.store, keyOf(of, 3))).toBe(2);
  });

  test('channels of a service have turns and numbers of their own', async () => {
    await grant(real.store, keyOf({ service: 'channels', channel: 'staging' }, 1));
    expect(await grant(real.store, keyOf({ service: 'channels', channel: 'production' }, 2))).toBe(1);
  });

  test('a grant clears what is stable, until a run ends well', async () => {
    const of = { service: 'clears' };
    await grant(real.store, keyOf(of, 1));
    await real.store.finish(finishOf(keyOf(of, 1), { stable: stableAt(1) }));
    expect(await instance(of.service)).toMatchObject({ stable_release: 1, stable_digest: 'digest-1' });
    await grant(real.store, keyOf(of, 2));
    expect(await instance(of.service)).toMatchObject({ stable_release: null, stable_digest: null });
    await real.store.finish(finishOf(keyOf(of, 2), { outcome: { code: 'JOB_FAILED' } }));
    expect(await instance(of.service)).toMatchObject({ stable_release: null, stable_digest: null, holder: null });
  });

  test('a key that was closed is never granted, whether it had a number or not', async () => {
    const of = { service: 'closed' };
    expect(await real.store.closeRun(keyOf(of, 1))).toEqual({});
    expect(await real.store.takeTurn(beginOf(keyOf(of, 1)))).toEqual({ outcome: 'closed' });
    const run = await grant(real.store, keyOf(of, 2));
    expect(await real.store.closeRun(keyOf(of, 2))).toEqual({ run });
    expect(await real.store.takeTurn(beginOf(keyOf(of, 2)))).toEqual({ outcome: 'closed' });
  });

  test('an ended run answers how it ended', async () => {
    const key = keyOf({ service: 'ended' }, 1);
    await grant(real.store, key);
    const end = { exitCode: 3, tail: ['no'], logBytes: 3, truncated: false, warnings: [] };
    await real.store.finish(finishOf(key, { outcome: { code: 'JOB_FAILED', end } }));
    expect(await real.store.takeTurn(beginOf(key))).toEqual({ outcome: 'ended', run: 1, code: 'JOB_FAILED', end });
    expect(await real.store.closeRun(key)).toEqual({ run: 1, ended: { code: 'JOB_FAILED', end } });
  });

  test('an open run whose turn another release holds is not begun again', async () => {
    const of = { service: 'lost-turn' };
    await grant(real.store, keyOf(of, 1));
    await runSql(real.databaseUrl, `UPDATE instances SET holder = 9 WHERE service = 'lost-turn'`);
    expect(await real.store.takeTurn(beginOf(keyOf(of, 1)))).toEqual({ outcome: 'closed' });
  });
});

describe('converging at once', () => {
  const stable = async (service: string): Promise<void> => {
    await grant(real.store, keyOf({ service }, 1));
    await real.store.finish(finishOf(keyOf({ service }, 1), { stable: stableAt(1) }));
  };
  const same = { releaseDigest: 'digest-1' };

  test('the same digest needs no Job and takes no number', async () => {
    await stable('at-once');
    expect(await real.store.takeTurn(beginOf(keyOf({ service: 'at-once' }, 2), same))).toMatchObject({
      outcome: 'converged',
    });
    expect(await instance('at-once')).toMatchObject({ holder: null, entrants: [], last_run: 1 });
  });

  test.each([
    ['with --rerun', { ...same, rerun: true }],
    ['for another digest', { releaseDigest: 'other' }],
  ])('%s a Job runs', async (_, more) => {
    const service = `not-at-once-${more.releaseDigest}`;
    await stable(service);
    expect(await grant(real.store, keyOf({ service }, 2), more)).toBe(2);
  });

  test('not while another release is mid-apply', async () => {
    await stable('mid-apply');
    await grant(real.store, keyOf({ service: 'mid-apply' }, 2));
    expect(await real.store.takeTurn(beginOf(keyOf({ service: 'mid-apply' }, 3), same))).toMatchObject({
      outcome: 'queued',
    });
  });

  test('an older release that waits at its gate is replaced and told', async () => {
    await stable('overtaken');
    const waits = viewOf({ service: 'overtaken' }, 2, { statuses: { staging: 'WAITING_MANUAL_APPROVAL' } });
    await real.store.project({ view: waits, entered: ['staging'], watched: [] });
    expect(await real.store.takeTurn(beginOf(keyOf({ service: 'overtaken' }, 3), same))).toMatchObject({
      outcome: 'converged',
    });
    expect(await signals('overtaken')).toEqual([['2', 'turnChanged']]);
    expect(await real.store.takeTurn(beginOf(keyOf({ service: 'overtaken' }, 2)))).toEqual({
      outcome: 'replaced',
      by: 'my-app/overtaken/3',
    });
  });
});

describe('finishing', () => {
  test('twice answers the same time and changes nothing the second time', async () => {
    const of = { service: 'twice' };
    await grant(real.store, keyOf(of, 1));
    const first = await real.store.finish(finishOf(keyOf(of, 1), { stable: stableAt(1) }));
    expect(await real.store.finish(finishOf(keyOf(of, 1), { outcome: { code: 'JOB_LOST' } }))).toEqual(first);
    expect(await real.store.takeTurn(beginOf(keyOf(of, 1)))).toMatchObject({ outcome: 'ended', code: 'SUCCEEDED' });
    expect(await instance(of.service)).toMatchObject({ stable_release: 1 });
  });

  test('a late repetition does not free the turn of the same release for its next try', async () => {
    const of = { service: 'late-repetition' };
    await grant(real.store, keyOf(of, 1, 1));
    const late = finishOf(keyOf(of, 1, 1), { outcome: { code: 'JOB_FAILED' } });
    await real.store.finish(late);
    await grant(real.store, keyOf(of, 1, 2));
    await real.store.finish(late);
    expect((await instance(of.service))['holder']).toBe(1);
    expect(await real.store.takeTurn(beginOf(keyOf(of, 2)))).toMatchObject({ outcome: 'queued' });
  });

  test('without a run it does not free a turn while a run of the release is open', async () => {
    const of = { service: 'open-run' };
    await grant(real.store, keyOf(of, 1));
    const { key, outcome, ...rest } = finishOf(keyOf(of, 1));
    await real.store.finish(rest);
    expect((await instance(of.service))['holder']).toBe(1);
    await real.store.finish({ ...rest, ...(key && outcome ? { key, outcome } : {}) });
    expect((await instance(of.service))['holder']).toBeNull();
  });

  test('by a release that only waits it frees nothing and makes nothing stable, but leaves the queue', async () => {
    const of = { service: 'non-holder' };
    await grant(real.store, keyOf(of, 1));
    await real.store.takeTurn(beginOf(keyOf(of, 2)));
    await real.store.closeRun(keyOf(of, 2));
    await real.store.finish(finishOf(keyOf(of, 2), { stable: stableAt(2) }));
    expect(await instance(of.service)).toMatchObject({ holder: 1, stable_release: null, entrants: [], last_run: 1 });
  });

  test('a kept turn stays with the release for its next run', async () => {
    const of = { service: 'kept' };
    await grant(real.store, keyOf(of, 1, 1));
    await real.store.finish(finishOf(keyOf(of, 1, 1), { turn: 'keep', outcome: { code: 'JOB_FAILED' } }));
    expect(await real.store.takeTurn(beginOf(keyOf(of, 2)))).toMatchObject({ outcome: 'queued' });
    expect(await grant(real.store, keyOf(of, 1, 2))).toBe(2);
  });

  test('answers the time of the database, also without a run', async () => {
    const of = { service: 'clock' };
    const clock = async (): Promise<number> =>
      Number((await runSql(real.databaseUrl, 'SELECT extract(epoch FROM now()) * 1000 AS at'))[0]?.['at']);
    const before = Math.floor(await clock());
    const { key: _key, outcome: _outcome, ...rest } = finishOf(keyOf(of, 1));
    const { endedAt } = await real.store.finish(rest);
    expect(Date.parse(endedAt)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(endedAt)).toBeLessThanOrEqual(await clock());
  });

  test('releases that wait for this content elsewhere are told once that it is stable', async () => {
    const of = { service: 'waiters' };
    const waits = `INSERT INTO stable_waiters (release, application, service, channel, digest) VALUES ($1, 'my-app', 'waiters', 'staging', $2)`;
    await runSql(real.databaseUrl, waits, ['my-app/waiters/7', 'digest-1']);
    await runSql(real.databaseUrl, waits, ['my-app/waiters/8', 'other']);
    await grant(real.store, keyOf(of, 1));
    await real.store.finish(finishOf(keyOf(of, 1), { stable: stableAt(1) }));
    await real.store.finish(finishOf(keyOf(of, 1), { stable: stableAt(1) }));
    const told = (await real.store.outbox(1000)).filter(({ workflowId }) => workflowId.includes('/waiters/'));
    expect(told).toMatchObject([{ workflowId: 'release/my-app/waiters/7', message: 'turnChanged' }]);
  });

  test('what a program printed never keeps its end from being stored', async () => {
    const { release } = await real.store.createRelease(startOf('odd-text'));
    const key = keyOf({ service: 'odd-text' }, release.number);
    await grant(real.store, key);
    const tail = ['nul \0', 'half \ud83d', 'whole \u{1f6a2}', 'written \\u0000'];
    const result = { 'ke\0y': ['\0'] };
    const end = { tail, logBytes: 9, truncated: false, warnings: [], result };
    const view = viewOf({ service: 'odd-text' }, release.number, { requestedBy: '\0' });
    await real.store.finish(finishOf(key, { outcome: { code: 'JOB_FAILED', end }, view }));
    const [row] = await real.store.runs(release.id);
    expect(row?.end?.tail).toEqual(['nul \ufffd', 'half \ufffd', 'whole \u{1f6a2}', 'written \\u0000']);
    expect(row?.end?.result).toEqual({ 'ke\ufffdy': ['\ufffd'] });
    expect((await real.store.release(release.id))?.view?.requestedBy).toBe('\ufffd');
  });
});

test('progress and Job of a run are shown while it is open', async () => {
  const key = keyOf({ service: 'shown' }, 1);
  const run = await grant(real.store, key);
  await real.store.recordProgress(key, { uid: 'u', phase: 'waiting', waiting: 'ImagePullBackOff: no', logBytes: 0 });
  expect(await real.store.runs('my-app/shown/1', 'staging')).toMatchObject([
    { run, state: 'open', waiting: 'ImagePullBackOff: no' },
  ]);
  await real.store.finish(finishOf(key, { outcome: { code: 'JOB_NOT_STARTING' } }));
  const [row] = await real.store.runs('my-app/shown/1');
  expect(row).toMatchObject({ state: 'ended', code: 'JOB_NOT_STARTING' });
  expect(row).not.toHaveProperty('waiting');
  expect(await real.store.runs('my-app/shown/1', 'production')).toEqual([]);
});
