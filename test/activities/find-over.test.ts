import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createFindOver } from '../../src/activities/find-over.js';
import type { LeftBehind, OpenRelease, Workflows } from '../../src/activities/ports.js';
import type { FindOverAnswer } from '../../src/release/reconciling.js';
import { manifests } from '../../src/kubernetes/manifest.js';
import { releasePlan } from '../fakes/plans.js';
import { keyOf } from '../store/stored.js';

const minute = 60_000;
const id = 'my-app/my-service/7';
let open: OpenRelease[];
let runs: LeftBehind['runs'];
let standings: Record<string, string>;
let listed: Set<string>;
let lists: number;
let namespace: { stored: string; now: string };
let asked: string[];
beforeEach(() => {
  open = [{ id, startedMsAgo: minute }];
  runs = [];
  standings = { [id]: 'terminated' };
  listed = new Set();
  lists = 0;
  namespace = { stored: 'a', now: 'a' };
  asked = [];
});

const plan = releasePlan();
const store: Parameters<typeof createFindOver>[0]['store'] = {
  knownNamespace: async () => namespace,
  noteDatabase: async () => undefined,
  openReleases: async () => open,
  leftBehind: async () => ({ plan, runs }),
  unsweptClusters: async (sinceMs) => (sinceMs === 10 * minute ? ['ops'] : []),
};
const workflows: Pick<Workflows, 'namespaceId' | 'listed' | 'countListed' | 'standing'> = {
  namespaceId: async () => namespace.now,
  listed: async () => {
    lists += 1;
    return listed;
  },
  countListed: async () => listed.size,
  standing: async (release) => {
    asked.push(release);
    return standings[release] ?? 'absent';
  },
};
const finding = (options: { recountMs?: number } = {}) => {
  const findOver = createFindOver({ store, workflows, manifests, ...options });
  return (): Promise<FindOverAnswer> => new MockActivityEnvironment().run(findOver);
};
const find = (): Promise<FindOverAnswer> => finding()();

describe('over is a release', () => {
  test('whose workflow was ended in Temporal', async () => {
    expect(await find()).toEqual({
      over: [{ release: id, why: 'its workflow was terminated in Temporal', runs: [] }],
      foreign: false,
      clusters: ['ops'],
    });
  });

  test('that Temporal does not know, ten minutes after its start', async () => {
    standings = {};
    expect((await find()).over).toEqual([]);
    open = [{ id, startedMsAgo: 10 * minute }];
    expect((await find()).over).toMatchObject([{ release: id, why: expect.stringContaining('lost') as unknown }]);
  });
});

describe('not over is a release', () => {
  test('that is listed as running: it is not even asked for', async () => {
    listed = new Set([id]);
    expect([(await find()).over, asked]).toEqual([[], []]);
  });

  test('that is not listed and yet open: the list may be late', async () => {
    standings = { [id]: 'open' };
    expect([(await find()).over, asked]).toEqual([[], [id]]);
  });

  test('of another Temporal, whatever this one does not know', async () => {
    namespace = { stored: 'a', now: 'b' };
    expect([await find(), asked]).toEqual([{ over: [], foreign: true, clusters: [] }, []]);
  });
});

describe('the list is read', () => {
  const other = 'my-app/my-service/8';
  test.each([
    ['the same', [id]],
    ['as many more there: one that failed may be retried', [id, other]],
  ])('once, as long as both sides count %s', async (_, ids) => {
    listed = new Set(ids);
    const round = finding();
    for (const __ of [1, 2, 3]) await round();
    expect(lists).toBe(1);
  });

  test('again when one is missing of a count that was larger', async () => {
    listed = new Set([id, other]);
    const round = finding();
    await round();
    listed = new Set([other]);
    expect((await round()).over).toMatchObject([{ release: id }]);
  });

  test('again while one that is open is not listed: the list may be late, or it was lost', async () => {
    standings = {};
    listed = new Set([other]);
    const round = finding();
    await round();
    open = [{ id, startedMsAgo: 10 * minute }];
    expect((await round()).over).toMatchObject([{ release: id }]);
  });

  test('again as soon as one side counts more, or fewer', async () => {
    listed = new Set([id]);
    const round = finding();
    await round();
    listed = new Set([id, other]);
    expect([(await round()).over, lists]).toEqual([[], 2]);
    listed = new Set();
    expect([(await round()).over, lists]).toMatchObject([[{ release: id }], 3]);
  });

  test('again when the count is too old: one that is missing may be made up for by one that is not ours', async () => {
    listed = new Set([id]);
    const round = finding({ recountMs: 0 });
    await round();
    listed = new Set([other]);
    expect((await round()).over).toMatchObject([{ release: id }]);
  });

  test('again while anything that is over has not been closed', async () => {
    const round = finding();
    await round();
    listed = new Set([other]);
    expect([(await round()).over, lists]).toMatchObject([[{ release: id }], 2]);
  });

  test('again after another Temporal was there', async () => {
    listed = new Set([id]);
    const round = finding();
    await round();
    namespace = { stored: 'a', now: 'b' };
    await round();
    namespace = { stored: 'a', now: 'a' };
    await round();
    expect(lists).toBe(2);
  });
});

test('its open runs are named so that they can be ended: with the uid when it is known, else by their name', async () => {
  const run = {
    key: keyOf({ service: 'my-service' }, 7),
    number: 3,
    cluster: 'ops',
    allottedAt: '2026-01-01T00:00:00Z',
  };
  runs = [run, { ...run, namespace: 'jobs', name: 'the-job', uid: 'u' }];
  const [unseen, seen] = (await find()).over[0]?.runs ?? [];
  const [staging] = plan.channels;
  const { prefix, mainContainer } = plan.jobs[staging?.apply.job ?? '']!;
  expect(unseen).toEqual({ key: run.key, cluster: 'ops', namespace: staging?.namespace.name, prefix, mainContainer });
  expect(seen?.ref).toMatchObject({
    run: 3,
    uid: 'u',
    name: 'the-job',
    namespace: 'jobs',
    specHash: `${staging?.apply.job}.3`,
  });
});
