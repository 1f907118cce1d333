import { describe, expect, test } from '@jest/globals';
import type { ObservedJob } from '../../../src/activities/ports.js';
import { forEver, never, type Scene } from './scene.js';

export function waiting(scene: Scene): void {
  describe('waiting for a change', () => {
    const seenOf = async (job: ObservedJob) => ({
      job: (await scene.reread(job)).resourceVersion,
      pods: (await scene.podsOf(job)).resourceVersion,
    });
    const quiet = async (gate: string): Promise<ObservedJob> => {
      const { job } = await scene.create({ program: { steps: [{ until: gate }] } });
      await scene.running(job);
      return scene.reread(job);
    };

    test.each(['job', 'pod'] as const)('a change of the %s wakes', async (what) => {
      const job = await quiet(scene.unique('gate'));
      const changes = scene.gateway.watch(job);
      // The start may still be noted in the Job's status: whatever wakes, the versions are read again.
      for (let rounds = 0; rounds < 5; rounds++) await changes.next(await seenOf(job), 200, elapsing(200));
      const next = changes.next(await seenOf(job), forEver, never);
      await scene.cluster.touch(job.namespace, what, job.name);
      await expect(next).resolves.toBeUndefined();
      changes.close();
    });

    test.each(['job', 'pod'] as const)('a change of the %s between the reading and the waiting wakes', async (what) => {
      const job = await quiet(scene.unique('gate'));
      const seen = await seenOf(job);
      await scene.cluster.touch(job.namespace, what, job.name);
      const changes = scene.gateway.watch(job);
      await expect(changes.next(seen, forEver, never)).resolves.toBeUndefined();
      changes.close();
    });

    test('the end of the program wakes again and again, until the Job has ended', async () => {
      const gate = scene.unique('gate');
      const job = await quiet(gate);
      const changes = scene.gateway.watch(job);
      scene.cluster.open(gate);
      let read = job;
      for (let rounds = 0; rounds < 20 && !read.end; rounds++) {
        const pods = await scene.podsOf(job);
        read = await scene.reread(job);
        if (!read.end) await changes.next({ job: read.resourceVersion, pods: pods.resourceVersion }, forEver, never);
      }
      expect(read.end).toMatchObject({ succeeded: true });
      changes.close();
    });

    test('the end of a program is kept when its pod is gone', async () => {
      const gate = scene.unique('gate');
      const job = await quiet(gate);
      const changes = scene.gateway.watch(job);
      await changes.next(await seenOf(job), 200, elapsing(200));
      expect(changes.ended('main')).toBeUndefined();
      const { name, uid } = await scene.running(job);
      scene.cluster.open(gate);
      await scene.ended(job);
      await scene.gateway.deletePod(job.namespace, name, uid);
      const seen = await scene.eventually(
        () => scene.podsOf(job),
        ({ items }) => items.length === 0,
      );
      for (let rounds = 0; rounds < 20 && !changes.ended('main'); rounds++)
        await changes.next({ job: job.resourceVersion, pods: seen.resourceVersion }, 500, elapsing(500));
      expect(changes.ended('main')).toMatchObject({ name, uid, main: { exitCode: 0 } });
      changes.close();
    });

    test('a pod that is removed by force is kept as it was last', async () => {
      const job = await quiet(scene.unique('gate'));
      const changes = scene.gateway.watch(job);
      const { name, uid } = await scene.running(job);
      await changes.next(await seenOf(job), 200, elapsing(200));
      expect(changes.ended('main')).toBeUndefined();
      await scene.cluster.removePod(job.namespace, name);
      const seen = await scene.podsOf(job);
      for (let rounds = 0; rounds < 20 && !changes.ended('main'); rounds++)
        await changes.next({ job: job.resourceVersion, pods: seen.resourceVersion }, 500, elapsing(500));
      expect(changes.ended('main')).toMatchObject({ name, uid, main: { started: true } });
      changes.close();
    });

    test('time, and an aborted signal, end it', async () => {
      const job = await quiet(scene.unique('gate'));
      const changes = scene.gateway.watch(job);
      await changes.next(await seenOf(job), 100, elapsing(100));
      const leaving = new AbortController();
      const next = changes.next(await seenOf(job), forEver, leaving.signal);
      leaving.abort();
      await expect(next).resolves.toBeUndefined();
      await expect(changes.next({ job: '', pods: '' }, forEver, leaving.signal)).resolves.toBeUndefined();
      changes.close();
    });

    /** A signal that never comes, and time that passes. */
    function elapsing(ms: number): AbortSignal {
      void scene.cluster.elapse(ms);
      return never;
    }
  });
}
