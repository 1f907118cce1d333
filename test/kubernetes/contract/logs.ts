import { describe, expect, test } from '@jest/globals';
import { printing } from '../program.js';
import { type Scene } from './scene.js';

export function logs(scene: Scene): void {
  describe('logs', () => {
    const lines = 'one\nzwei \u00fc\nthree';

    test.each([0, 1, 4, 10, Buffer.byteLength(lines)])('are read to the end from byte %i', async (offset) => {
      const { job } = await scene.create({ program: printing(lines) });
      await scene.ended(job);
      const pod = await scene.running(job);
      const rest = Buffer.from(lines).subarray(offset).toString();
      for (const follow of [false, true])
        expect(await scene.readLog(job, pod.name, { offset, follow })).toEqual({ read: 'end', text: rest });
    });

    test('that are shorter than what was read before are told', async () => {
      const { job } = await scene.create({ program: printing(lines) });
      await scene.ended(job);
      const pod = await scene.running(job);
      expect(await scene.readLog(job, pod.name, { offset: 100 })).toEqual({ read: 'short', text: '' });
    });

    test('are followed until the program has ended', async () => {
      const gate = scene.unique('gate');
      const steps = [{ print: 'before\n' }, { until: gate }, { print: 'after\n' }];
      const { job } = await scene.create({ program: { steps } });
      const pod = await scene.running(job);
      const seen: string[] = [];
      const whole = scene.followLog(job, pod.name, (text) => {
        seen.push(text);
        if (seen.join('').includes('before')) scene.cluster.open(gate);
      });
      await expect(whole).resolves.toBe('before\nafter\n');
    });

    test('that bring nothing for long are silent', async () => {
      const { job } = await scene.create({ program: printing('once\n', { until: scene.unique('gate') }) });
      const pod = await scene.spoke(job, 'once');
      const reading = scene.readLog(job, pod.name, { follow: true, silenceMs: 2000 });
      void scene.cluster.elapse(2000);
      await expect(reading).resolves.toEqual({ read: 'silent', text: 'once\n' });
    });

    test('of a program that has said nothing yet are silent, and heard when it speaks', async () => {
      const gate = scene.unique('gate');
      const { job } = await scene.create({ program: { steps: [{ until: gate }, { print: 'at last\n' }] } });
      const pod = await scene.running(job);
      const reading = scene.readLog(job, pod.name, { follow: true, silenceMs: 300 });
      void scene.cluster.elapse(300);
      await expect(reading).resolves.toEqual({ read: 'silent', text: '' });
      const whole = scene.followLog(job, pod.name, () => undefined);
      scene.cluster.open(gate);
      await expect(whole).resolves.toBe('at last\n');
    });

    test('are left when the signal aborts, with its reason', async () => {
      const { job } = await scene.create({ program: printing('once\n', { until: scene.unique('gate') }) });
      const pod = await scene.running(job);
      const leaving = new AbortController();
      const onText = (): void => leaving.abort('enough');
      await expect(scene.readLog(job, pod.name, { follow: true, signal: leaving.signal, onText })).rejects.toBe(
        'enough',
      );
      await expect(scene.readLog(job, pod.name, { signal: leaving.signal })).rejects.toBe('enough');
    });

    test('stop at an error of who receives them, which is thrown as it is', async () => {
      const { job } = await scene.create({ program: printing('once\n', { until: scene.unique('gate') }) });
      const pod = await scene.running(job);
      const mine = new Error('the store is away');
      const onText = (): void => {
        throw mine;
      };
      await expect(scene.readLog(job, pod.name, { follow: true, onText })).rejects.toBe(mine);
    });

    test('of a pod that is not there, or has not started, are none', async () => {
      const { job } = await scene.create({ podSpec: { nodeSelector: { no: 'node' } } });
      expect(await scene.readLog(job, 'no-such-pod')).toEqual({ read: 'none', text: '' });
      const { name } = await scene.podOf(job, () => true);
      expect(await scene.readLog(job, name)).toEqual({ read: 'none', text: '' });
    });
  });
}
