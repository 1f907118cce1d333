import { expect, test } from '@jest/globals';
import type { FoundJob } from '../../src/release/reconciling.js';
import { runSql } from '../real/postgres.js';
import { beginOf, finishOf, grant, keyOf } from './stored.js';
import { useStore } from './use-store.js';

const real = useStore();
const minute = 60_000;

const jobOf = (of: FoundJob['of'], uid = 'u'): FoundJob => ({
  cluster: 'ops',
  namespace: 'jobs',
  name: `job-${uid}`,
  uid,
  ...(of ? { of } : {}),
});
const runOf = (service: string, run: number, release = 1) => ({
  application: 'my-app',
  service,
  channel: 'staging',
  release,
  run,
});
const uidsWithoutRun = async (jobs: FoundJob[]): Promise<string[]> =>
  (await real.store.withoutRun(jobs)).map(({ uid }) => uid);

test('a Job is of a run that has its number and release, open or ended', async () => {
  const key = keyOf({ service: 'numbered' }, 1);
  const run = await grant(real.store, key);
  const mine = jobOf(runOf('numbered', run), 'mine');
  const others = [
    jobOf(runOf('numbered', run + 1), 'higher'),
    jobOf(runOf('numbered', run, 2), 'other-release'),
    jobOf(runOf('nowhere', run), 'other-service'),
    jobOf(undefined, 'unlabelled'),
  ];
  expect(await uidsWithoutRun([mine, ...others])).toEqual(['higher', 'other-release', 'other-service', 'unlabelled']);
  await real.store.finish(finishOf(key));
  expect(await uidsWithoutRun([mine])).toEqual([]);
});

test('once the Job of a run is known, no other one is of it', async () => {
  const key = keyOf({ service: 'known' }, 1);
  const turn = await real.store.takeTurn(beginOf(key));
  if (turn.outcome !== 'granted') throw new Error('expected the turn');
  const at = { namespace: 'jobs', name: 'job', mainContainer: 'main', specHash: 's', cluster: 'ops' };
  await real.store.recordJob({ key, run: turn.run, uid: 'true', allottedAt: turn.allottedAt, ...at });
  const jobs = [jobOf(runOf('known', turn.run), 'true'), jobOf(runOf('known', turn.run), 'copy')];
  expect(await uidsWithoutRun(jobs)).toEqual(['copy']);
});

test('a cluster is to be swept once it is linked, and again after a while', async () => {
  const link = (key: string, document: object) =>
    runSql(
      real.databaseUrl,
      `INSERT INTO configs (kind, key, version, document, text, digest, applied_by) VALUES ('runtime', $1, 1, $2, '', '', 'ann')`,
      [key, JSON.stringify(document)],
    );
  await link('ops', { kubernetes: { inCluster: true } });
  await link('vm', { extension: {} });
  expect(await real.store.unsweptClusters(10 * minute)).toEqual(['ops']);
  await real.store.recordSweep('ops', []);
  expect(await real.store.unsweptClusters(10 * minute)).toEqual([]);
  expect(await real.store.unsweptClusters(0)).toEqual(['ops']);
});

test('what a sweep has found is shown until the next one, by name as far as it can be read', async () => {
  const found = Array.from({ length: 7 }, (_, i) => jobOf(runOf('shown', i + 1), `uid-${i}`));
  const summary = { count: 7, names: [0, 1, 2, 3, 4].map((i) => `jobs/job-uid-${i}`) };
  expect(await real.store.recordSweep('far', found.toReversed())).toEqual(summary);
  expect(await real.store.unknownJobs()).toEqual(new Map([['far', summary]]));
  await real.store.recordSweep('far', []);
  expect(await real.store.unknownJobs()).toEqual(new Map());
});

test('a Job of a run that is not known begins an epoch when it is seen first', async () => {
  const epoch = async (): Promise<number> => (await real.store.epoch())?.number ?? 0;
  const before = await epoch();
  const [one, two] = [jobOf(runOf('news', 1), 'one'), jobOf(runOf('news', 2), 'two')];
  await real.store.recordSweep('near', [jobOf(undefined, 'unlabelled')]);
  expect(await epoch()).toBe(before);
  for (const found of [[one], [one], []]) await real.store.recordSweep('near', found);
  expect(await epoch()).toBe(before + 1);
  await real.store.recordSweep('near', [two, one]);
  expect(await epoch()).toBe(before + 2);
  expect((await real.store.epoch())?.why).toContain('cluster near');
});
