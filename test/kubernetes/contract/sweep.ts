import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/activities/clock.js';
import type { ObservedJob } from '../../../src/activities/ports.js';
import { createSweepCluster } from '../../../src/activities/sweep-cluster.js';
import { manifests } from '../../../src/kubernetes/manifest.js';
import type { SweepAnswer } from '../../../src/release/reconciling.js';
import { keyOf } from '../../store/stored.js';
import { type Scene } from './scene.js';

const day = 24 * 3_600_000;

/** A sweep that takes no run for known. Its tombstones are old when they are older than `tombstoneMs`. */
function sweep(scene: Scene, installation: string, tombstoneMs?: number): Promise<SweepAnswer> {
  const sweepCluster = createSweepCluster({
    store: {
      installationId: async () => installation,
      withoutRun: async (jobs) => [...jobs],
      recordSweep: async (_, jobs) => ({ count: jobs.length, names: jobs.map(({ name }) => name) }),
    },
    gateways: () => scene.gateway,
    manifests,
    clock: systemClock,
    ...(tombstoneMs === undefined ? {} : { tombstoneMs }),
  });
  const logger = new DefaultLogger('ERROR');
  return new MockActivityEnvironment({}, { logger }).run(() => sweepCluster({ cluster: 'ops' }));
}

export function sweeping(scene: Scene): void {
  describe('sweeping', () => {
    const bury = async (installation: string): Promise<ObservedJob> => {
      const tombstone = manifests.tombstone(scene.unique('tomb'), {
        key: keyOf({ service: 'gone' }, 1),
        run: 1,
        installation,
      });
      const job = await scene.gateway.createJob(await scene.namespace(), tombstone);
      if (job === 'exists') throw new Error('the tombstone existed');
      return job;
    };
    const gone = ({ namespace, name }: ObservedJob): Promise<unknown> =>
      scene.eventually(
        () => scene.gateway.readJob(namespace, name),
        (job) => job === undefined,
      );

    test('removes old tombstones of its installation, and nothing else', async () => {
      const [mine, other] = [scene.unique('mine'), scene.unique('other')];
      const [old, theirs] = [await bury(mine), await bury(other)];
      const labels = { 'app.kubernetes.io/managed-by': 'towpath', 'towpath.dev/installation': mine };
      const steps = [{ until: scene.unique('gate') }];
      const run = (await scene.create({ labels, program: { steps } })).job;
      // Somebody has labelled a Job whose program runs.
      const posing = (
        await scene.create({ labels: { ...labels, 'towpath.dev/tombstone': 'true' }, program: { steps } })
      ).job;
      await scene.running(posing);
      expect(await sweep(scene, mine)).toEqual({ tombstones: 0, unknown: { count: 1, names: [run.name] } });
      expect(await scene.reread(old)).toMatchObject({ deleting: false });
      expect(await sweep(scene, mine, 0)).toMatchObject({ tombstones: 1 });
      await gone(old);
      for (const job of [run, posing, theirs]) expect(await scene.reread(job)).toMatchObject({ deleting: false });
    });

    test('knows the age of a tombstone by the clock of the cluster', async () => {
      const installation = scene.unique('mine');
      await bury(installation);
      const { items } = await scene.gateway.listJobs({ installation });
      const ages = items.map(({ createdAt, readAt }) => Date.parse(readAt) - Date.parse(createdAt));
      expect(ages).toHaveLength(1);
      expect(ages[0]).toBeLessThan(day);
    });
  });
}
