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
let namespace: { stored: string; now: string };
let asked: string[];
beforeEach(() => {
  open = [{ id, startedMsAgo: minute }];
  runs = [];
  standings = { [id]: 'terminated' };
  listed = new Set();
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
const workflows: Pick<Workflows, 'namespaceId' | 'listed' | 'standing'> = {
  namespaceId: async () => namespace.now,
  listed: async () => listed,
  standing: async (release) => {
    asked.push(release);
    return standings[release] ?? 'absent';
  },
};
const find = (): Promise<FindOverAnswer> =>
  new MockActivityEnvironment().run(createFindOver({ store, workflows, manifests }));

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
