import { describe, expect, test } from '@jest/globals';
import { manifests } from '../../../src/kubernetes/manifest.js';
import { printing } from '../program.js';
import { type Scene } from './scene.js';

export function creating(scene: Scene): void {
  describe('creating a Job', () => {
    test('answers the Job as it is, and that it exists when it is asked again', async () => {
      const { job, manifest } = await scene.create({ labels: { a: 'b' } });
      expect(job).toMatchObject({ labels: { a: 'b' }, deleting: false });
      expect(job.uid).not.toBe('');
      expect(job.end).toBeUndefined();
      expect(Date.parse(job.readAt) - Date.parse(job.createdAt)).toBeLessThan(5000);
      expect(await scene.gateway.createJob(job.namespace, manifest)).toBe('exists');
      expect(await scene.reread(job)).toMatchObject({ uid: job.uid, labels: { a: 'b' } });
    });

    test('of several at once creates one', async () => {
      const at = await scene.namespace();
      const manifest = scene.cluster.manifest({ name: 'race', program: printing('') });
      const all = await Promise.all(Array.from({ length: 5 }, () => scene.gateway.createJob(at, manifest)));
      expect(all.filter((one) => one !== 'exists')).toHaveLength(1);
    });

    test('needs the namespace, and a Job that the cluster accepts', async () => {
      const manifest = scene.cluster.manifest({ name: 'refused', program: printing('') });
      const nowhere = scene.gateway.createJob(scene.unique('nowhere'), manifest);
      await expect(nowhere).rejects.toMatchObject({ code: 'NAMESPACE_MISSING' });
      const empty = { ...manifest, spec: { template: { spec: { restartPolicy: 'Never', containers: [] } } } };
      const refused = scene.gateway.createJob(await scene.namespace(), empty);
      await expect(refused).rejects.toMatchObject({
        code: 'SPEC_REFUSED',
        message: expect.stringContaining('containers') as unknown,
      });
    });
  });
}

export function observing(scene: Scene): void {
  describe('observing', () => {
    test('what is not there is undefined, and has no pods', async () => {
      const at = await scene.namespace();
      expect(await scene.gateway.readJob(at, 'nothing')).toBeUndefined();
      expect((await scene.gateway.listPods(at, 'no-uid', 'main')).items).toEqual([]);
    });

    test('a Job that succeeded has an end, and its pod an exit code and times', async () => {
      const { job } = await scene.create();
      const { end, startedAt } = await scene.ended(job);
      expect(end).toMatchObject({ succeeded: true });
      expect(Date.parse(startedAt ?? '')).not.toBeNaN();
      const { items } = await scene.podsOf(job);
      expect(items).toMatchObject([{ phase: 'Succeeded', main: { started: true, exitCode: 0, messageLimit: 4096 } }]);
      expect(items[0]?.main?.endedAt).toBeDefined();
      expect(items[0]).not.toHaveProperty('failed');
    });

    test('a program that failed is told by its exit code', async () => {
      const { job } = await scene.create({ program: printing('bad\n', { exit: 7 }) });
      expect((await scene.ended(job)).end).toMatchObject({ succeeded: false, reason: 'BackoffLimitExceeded' });
      expect((await scene.podsOf(job)).items).toMatchObject([
        { phase: 'Failed', main: { exitCode: 7, reason: 'Error' } },
      ]);
    });

    test('pods are those of the uid alone', async () => {
      const at = await scene.namespace();
      const one = (await scene.create({ in: at })).job;
      const other = (await scene.create({ in: at })).job;
      await Promise.all([scene.running(one), scene.running(other)]);
      const [first, second] = [await scene.podsOf(one), await scene.podsOf(other)];
      expect([first.items.length, second.items.length]).toEqual([1, 1]);
      expect(first.items[0]?.uid).not.toBe(second.items[0]?.uid);
    });

    test('a pod that cannot be scheduled says why it waits', async () => {
      const { job } = await scene.create({ podSpec: { nodeSelector: { no: 'node' } } });
      const pod = await scene.podOf(job, ({ waiting: why }) => why !== undefined);
      expect(pod.waiting).toMatch(/^Unschedulable: /);
      expect(pod).toMatchObject({ phase: 'Pending', begun: false });
    });
  });
}

export function listing(scene: Scene): void {
  describe('listing', () => {
    const labels = (installation: string) => ({
      'app.kubernetes.io/managed-by': 'towpath',
      'towpath.dev/installation': installation,
    });
    const steps = [{ until: 'never' }];

    test('finds the pods of a Job, as they were when the Job was read or later', async () => {
      const { job } = await scene.create({ program: { steps } });
      const pod = await scene.running(job);
      const { resourceVersion = '' } = (await scene.gateway.readJob(job.namespace, job.name)) ?? {};
      const { items } = await scene.gateway.listPods(job.namespace, job.uid, 'main', { from: resourceVersion });
      expect(items.map(({ uid }) => uid)).toEqual([pod.uid]);
      const named = async (uid: string, name: string): Promise<string[]> =>
        (await scene.gateway.listPods(job.namespace, uid, 'main', { from: resourceVersion, name })).items.map(
          (of) => of.uid,
        );
      expect(await named(job.uid, pod.name)).toEqual([pod.uid]);
      expect(await named(job.uid, 'another')).toEqual([]);
      expect(await named('no-uid', pod.name)).toEqual([]);
      // A version that has not come: as they are now.
      const now = await scene.gateway.listPods(job.namespace, job.uid, 'main', { from: '999999999' });
      expect(now.items.map(({ uid }) => uid)).toEqual([pod.uid]);
    });

    test('finds those of one instance alone', async () => {
      const installation = scene.unique('mine');
      const instance = { application: 'my-app', service: 'my-service', channel: 'staging' };
      const run = { installation, run: 1 };
      const at = await scene.namespace();
      const create = (channel: string) => {
        const key = { ...instance, channel, release: 1 };
        return scene.gateway.createJob(at, manifests.tombstone(scene.unique('of'), { key, ...run }));
      };
      const mine = await create('staging');
      await create('production');
      const { items } = await scene.gateway.listJobs({ installation, instance });
      expect(items.map(({ uid }) => uid)).toEqual([mine === 'exists' ? '' : mine.uid]);
      expect(items.map((job) => manifests.runOf(job))).toEqual([{ ...instance, release: 1, run: 1 }]);
    });

    test('finds the Jobs of an installation in all namespaces, and no others', async () => {
      const [mine, other] = [scene.unique('mine'), scene.unique('other')];
      const one = (await scene.create({ labels: labels(mine), program: { steps } })).job;
      const two = (await scene.create({ labels: labels(mine), program: { steps } })).job;
      await scene.create({ labels: labels(other), program: { steps } });
      await scene.create({
        labels: { ...labels(mine), 'app.kubernetes.io/managed-by': 'somebody' },
        program: { steps },
      });
      const { items, next } = await scene.gateway.listJobs({ installation: mine });
      expect(items.map(({ uid }) => uid).sort()).toEqual([one.uid, two.uid].sort());
      expect(items.map(({ namespace }) => namespace).sort()).toEqual([one.namespace, two.namespace].sort());
      expect(next).toBeUndefined();
      for (const { readAt, createdAt } of items)
        expect(Date.parse(readAt)).toBeGreaterThanOrEqual(Date.parse(createdAt));
      expect(await scene.gateway.listJobs({ installation: scene.unique('nobody') })).toMatchObject({ items: [] });
    });
  });
}
