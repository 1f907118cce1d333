import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createSweepActivities } from '../../src/activities/index.js';
import type { ReconcilerStore } from '../../src/activities/ports.js';
import { manifests } from '../../src/kubernetes/manifest.js';
import type { FoundJob, SweepAnswer } from '../../src/release/reconciling.js';
import { namespace, World } from './world.js';

const hour = 3_600_000;
let world: World;
let installation: string;
let asked: FoundJob[][];
let known: (job: FoundJob) => boolean;
let noted: readonly FoundJob[];
beforeEach(async () => {
  world = new World();
  installation = await world.store.installationId();
  [asked, noted] = [[], []];
  known = () => true;
});

const reconcilerStore: Pick<ReconcilerStore, 'withoutRun' | 'recordSweep'> = {
  withoutRun: async (jobs) => {
    asked.push([...jobs]);
    return jobs.filter((job) => !known(job));
  },
  recordSweep: async (_, jobs) => {
    noted = jobs;
    return { count: jobs.length, names: jobs.map(({ name }) => name) };
  },
};
const sweep = (): Promise<SweepAnswer> => {
  const store = { installationId: async () => installation, ...reconcilerStore };
  const sweeping = createSweepActivities({ store, gateways: () => world.gateway, manifests });
  return new MockActivityEnvironment().run(() => sweeping.sweepCluster({ cluster: 'ops' }));
};
const bury = (name: string, of = installation): Promise<unknown> =>
  world.gateway.createJob(namespace, manifests.tombstone(name, { key: world.key, run: 1, installation: of }));
const names = (): string[] => [...world.cluster.jobs.values()].map(({ name }) => name);

describe('tombstones', () => {
  beforeEach(() => void world.cluster.namespace(namespace));

  test('are removed a day after they were made, and not before', async () => {
    await bury('old');
    await world.clock.advance(20 * hour);
    await bury('young');
    await world.clock.advance(4 * hour);
    expect(await sweep()).toMatchObject({ tombstones: 1 });
    expect(names()).toEqual(['young']);
  });

  test('of another installation stay', async () => {
    await bury('theirs', 'another');
    await world.clock.advance(48 * hour);
    expect(await sweep()).toMatchObject({ tombstones: 0 });
    expect(names()).toEqual(['theirs']);
  });

  test('are removed only as the Job that was seen, and at most 200 in a sweep', async () => {
    world.gateway.pieceSize = 70;
    for (let i = 0; i < 205; i++) await bury(`old-${i}`);
    await world.clock.advance(25 * hour);
    expect(await sweep()).toMatchObject({ tombstones: 200 });
    expect(names()).toHaveLength(5);
    expect(await sweep()).toMatchObject({ tombstones: 5 });
  });
});

describe('a Job of this installation', () => {
  test('is asked for by the run that its labels name, and left alone when it has none', async () => {
    const { name, uid } = await world.begun();
    known = () => false;
    expect(await sweep()).toEqual({ tombstones: 0, unknown: { count: 1, names: [name] } });
    const of = { application: 'my-app', service: 'my-service', channel: 'staging', release: 1, run: 1 };
    expect(noted).toEqual([{ cluster: 'ops', namespace, name, uid, of }]);
    expect(names()).toEqual([name]);
    expect(world.calls('deleteJob')).toEqual([]);
  });

  test('without labels of a run is asked for as well', async () => {
    const { name } = await world.begun();
    world.cluster.job(name).labels['towpath.dev/run'] = 'many';
    await sweep();
    expect(asked).toEqual([[expect.not.objectContaining({ of: expect.anything() })]]);
  });
});

test('a cluster that cannot be listed is not taken for one without Jobs', async () => {
  world.gateway.fail('listJobs', 'RUNTIME_FORBIDDEN');
  await expect(sweep()).rejects.toThrow(ApplicationFailure);
  expect(asked).toEqual([]);
});
