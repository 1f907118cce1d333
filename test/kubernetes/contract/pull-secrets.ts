import { describe, expect, test } from '@jest/globals';
import { type Scene, type SecretContent } from './scene.js';

export function pullSecrets(scene: Scene): void {
  describe('pull secrets', () => {
    const type = 'kubernetes.io/dockerconfigjson';
    const content = (user: string): SecretContent => ({
      type,
      data: { '.dockerconfigjson': Buffer.from(`{"auths":{"${user}":{}}}`).toString('base64') },
    });
    const secretIn = (at: string) => ({
      registry: 'hub',
      from: { namespace: at, name: 'source' },
      as: 'towpath-pull-hub',
    });
    const ensure = (to: string, from: string): Promise<void> =>
      scene.gateway.ensurePullSecret(to, secretIn(from), 'installation-1');

    test('is copied, labelled as ours, and left alone while the source is the same', async () => {
      const [from, to] = [await scene.namespace(), await scene.namespace()];
      await scene.cluster.putSecret(from, 'source', content('ann'));
      await ensure(to, from);
      const copy = await scene.cluster.secret(to, 'towpath-pull-hub');
      expect(copy).toMatchObject({ ...content('ann'), labels: { 'towpath.dev/installation': 'installation-1' } });
      await ensure(to, from);
      expect(await scene.cluster.secret(to, 'towpath-pull-hub')).toEqual(copy);
    });

    test('is refused when its source is no pull secret: a registry must not read any Secret', async () => {
      const [from, to] = [await scene.namespace(), await scene.namespace()];
      await scene.cluster.putSecret(from, 'source', { type: 'Opaque', data: { password: 'YQ==' } });
      await expect(ensure(to, from)).rejects.toMatchObject({
        code: 'SPEC_REFUSED',
        message: expect.stringContaining('kubernetes.io/dockerconfigjson'),
      });
      expect(await scene.cluster.secret(to, 'towpath-pull-hub')).toBeUndefined();
    });

    test('follows its source', async () => {
      const [from, to] = [await scene.namespace(), await scene.namespace()];
      for (const secret of [content('ann'), content('bob')]) {
        await scene.cluster.putSecret(from, 'source', secret);
        await ensure(to, from);
        expect(await scene.cluster.secret(to, 'towpath-pull-hub')).toMatchObject(secret);
      }
    });

    test('of two runs that start at once is written once', async () => {
      const [from, to] = [await scene.namespace(), await scene.namespace()];
      await scene.cluster.putSecret(from, 'source', content('ann'));
      await Promise.all([ensure(to, from), ensure(to, from), ensure(to, from)]);
      expect(await scene.cluster.secret(to, 'towpath-pull-hub')).toMatchObject(content('ann'));
    });

    test('is refused when there is no source, or the name belongs to somebody else', async () => {
      const [from, to] = [await scene.namespace(), await scene.namespace()];
      await expect(ensure(to, from)).rejects.toMatchObject({ code: 'SPEC_REFUSED' });
      await scene.cluster.putSecret(from, 'source', content('ann'));
      await scene.cluster.putSecret(to, 'towpath-pull-hub', content('theirs'));
      await expect(ensure(to, from)).rejects.toMatchObject({ code: 'SPEC_REFUSED' });
      expect(await scene.cluster.secret(to, 'towpath-pull-hub')).toMatchObject(content('theirs'));
    });

    test('needs the namespace', async () => {
      const from = await scene.namespace();
      await scene.cluster.putSecret(from, 'source', content('ann'));
      await expect(ensure(scene.unique('nowhere'), from)).rejects.toMatchObject({ code: 'NAMESPACE_MISSING' });
    });
  });
}
