import { describe, expect, test } from '@jest/globals';
import { type Scene } from './scene.js';

export function secrets(scene: Scene): void {
  describe('secrets', () => {
    test('are read with their values, and one that is not there is none', async () => {
      const namespace = await scene.namespace();
      const data = { token: Buffer.from('a\0\u00fc').toString('base64') };
      await scene.cluster.putSecret(namespace, 'deploy', { type: 'Opaque', data });
      expect(await scene.gateway.readSecret(namespace, 'deploy')).toEqual({ token: Buffer.from('a\0\u00fc') });
      expect(await scene.gateway.readSecret(namespace, 'none')).toBeUndefined();
    });

    test('that the programs of a pod get are told with it', async () => {
      const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 'deploy', key: 'token', optional: true } } }];
      const volumes = [{ name: 's', secret: { secretName: 'files', optional: true } }];
      const { job } = await scene.create({ container: { env }, podSpec: { volumes } });
      const pod = await scene.podOf(job, () => true);
      expect(pod.secrets).toEqual([
        { name: 'deploy', keys: ['token'], optional: true },
        { name: 'files', optional: true },
      ]);
    });
  });
}
