import { describe, expect, test } from '@jest/globals';
import type { ObservedJob } from '../../../src/activities/ports.js';
import { type Scene } from './scene.js';

export function deleting(scene: Scene): void {
  describe('deleting', () => {
    const gone = (job: ObservedJob): Promise<ObservedJob | undefined> =>
      scene.eventually(
        () => scene.gateway.readJob(job.namespace, job.name),
        (read) => read === undefined,
      );
    const remove = ({ namespace: at, name, uid }: ObservedJob): Promise<void> => scene.gateway.deleteJob(at, name, uid);

    test('takes the pod along, tells its program, and what that prints can be read', async () => {
      const heard = scene.unique('heard');
      const onTerm = [{ print: 'bye\n' }, { until: heard }, { exit: 3 }];
      const program = { steps: [{ print: 'up\n' }, { until: scene.unique('gate') }], onTerm };
      const { job } = await scene.create({ program, podSpec: { terminationGracePeriodSeconds: 60 } });
      const pod = await scene.spoke(job, 'up');
      const removed: Promise<void>[] = [];
      const log = scene.followLog(job, pod.name, (text) => {
        if (text.includes('up')) removed.push(remove(job));
        if (text.includes('bye')) scene.cluster.open(heard);
      });
      await expect(log).resolves.toBe('up\nbye\n');
      await Promise.all(removed);
      await gone(job);
      expect((await scene.podsOf(job)).items).toEqual([]);
    });

    test('shows the Job until a program that does not listen was killed', async () => {
      const steps = [{ print: 'up\n' }, { until: scene.unique('gate') }];
      const { job } = await scene.create({ program: { steps, onTerm: 'ignore' } });
      await scene.spoke(job, 'up');
      await remove(job);
      expect(await scene.reread(job)).toMatchObject({ uid: job.uid, deleting: true });
      // Kubernetes tells the pod a moment after the Job.
      const pod = await scene.podOf(job, ({ deleting }) => deleting);
      expect(pod.endsBy).toEqual(expect.any(String));
      await remove(job);
      await gone(job);
      expect((await scene.podsOf(job)).items).toEqual([]);
    });

    test('of what is gone, or is another one, changes nothing', async () => {
      const { job } = await scene.create({ program: { steps: [{ until: scene.unique('gate') }] } });
      const pod = await scene.running(job);
      await scene.gateway.deleteJob(job.namespace, job.name, 'another-uid');
      await scene.gateway.deletePod(job.namespace, pod.name, 'another-uid');
      await scene.gateway.deleteJob(job.namespace, 'nothing', job.uid);
      await scene.gateway.deletePod(job.namespace, 'nothing', pod.uid);
      expect(await scene.reread(job)).toMatchObject({ uid: job.uid, deleting: false });
      expect((await scene.podsOf(job)).items).toMatchObject([{ uid: pod.uid, deleting: false }]);
    });

    test('a pod ends it, and with it the Job', async () => {
      const { job } = await scene.create({ program: { steps: [{ until: scene.unique('gate') }] } });
      const pod = await scene.running(job);
      await scene.gateway.deletePod(job.namespace, pod.name, pod.uid);
      await scene.eventually(
        () => scene.podsOf(job),
        ({ items }) => items.every(({ uid }) => uid !== pod.uid),
      );
      expect((await scene.ended(job)).end).toMatchObject({ succeeded: false });
    });
  });
}

export function timeToLive(scene: Scene): void {
  describe('the time to live', () => {
    test('is set, and again, and only on the Job of the uid', async () => {
      const { job } = await scene.create({ spec: { ttlSecondsAfterFinished: 600_000 } });
      await scene.ended(job);
      const { namespace: at, name, uid } = job;
      const ttl = (of: string, seconds: number): Promise<void> =>
        scene.gateway.setTtl({ namespace: at, name, uid: of }, seconds);
      await ttl(uid, 4000);
      expect(await scene.cluster.ttlOf(at, name)).toBe(4000);
      await ttl('another-uid', 3000);
      expect(await scene.cluster.ttlOf(at, name)).toBe(4000);
      await ttl(uid, 5000);
      expect(await scene.cluster.ttlOf(at, name)).toBe(5000);
      await scene.gateway.setTtl({ namespace: at, name: 'nothing', uid }, 3000);
    });
  });
}
