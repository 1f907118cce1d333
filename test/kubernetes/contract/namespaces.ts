import { describe, expect, test } from '@jest/globals';
import { printing } from '../program.js';
import { owner, type Scene } from './scene.js';

export function namespaces(scene: Scene): void {
  describe('namespaces', () => {
    test('a managed one is made, labelled as ours, and can be asked for again and at once', async () => {
      const name = scene.unique('managed');
      const ensure = (): Promise<void> => scene.gateway.ensureNamespace({ name, managed: true }, owner);
      await Promise.all([ensure(), ensure()]);
      await ensure();
      expect(await scene.cluster.namespaceLabels(name)).toMatchObject({
        'app.kubernetes.io/managed-by': 'towpath',
        'towpath.dev/installation': 'installation-1',
        'towpath.dev/runtime': 'vm',
      });
    });

    test.each([
      ['nobody', {}],
      ['another installation', { 'app.kubernetes.io/managed-by': 'towpath', 'towpath.dev/installation': 'other' }],
    ])('a managed one that belongs to %s is not ours', async (_, labels) => {
      const name = scene.unique('theirs');
      await scene.cluster.createNamespace(name, labels);
      const ensure = scene.gateway.ensureNamespace({ name, managed: true }, owner);
      await expect(ensure).rejects.toMatchObject({ code: 'NAMESPACE_NOT_OURS' });
      expect(await scene.cluster.namespaceLabels(name)).not.toMatchObject(owner);
    });

    test('a configured one is left as it is, and never made', async () => {
      const name = scene.unique('configured');
      const ensure = (): Promise<void> => scene.gateway.ensureNamespace({ name, managed: false }, owner);
      await expect(ensure()).rejects.toMatchObject({ code: 'NAMESPACE_MISSING' });
      expect(await scene.cluster.namespaceLabels(name)).toBeUndefined();
      await scene.cluster.createNamespace(name);
      await ensure();
      expect(await scene.cluster.namespaceLabels(name)).not.toHaveProperty(['towpath.dev/installation']);
    });

    test('one that is being deleted is waited for when it is ours to make again, and missing otherwise', async () => {
      const managed = await scene.namespace();
      const configured = scene.unique('configured');
      await scene.cluster.createNamespace(configured);
      for (const name of [managed, configured]) await scene.cluster.beginDeletion(name);
      for (const at of [managed, configured]) {
        const manifest = scene.cluster.manifest({ name: 'late', program: printing('') });
        await expect(scene.gateway.createJob(at, manifest)).rejects.toMatchObject({ code: 'NAMESPACE_MISSING' });
      }
      const ensure = (name: string): Promise<void> =>
        scene.gateway.ensureNamespace({ name, managed: name === managed }, owner);
      await expect(ensure(managed)).rejects.toMatchObject({ code: 'RUNTIME_UNREACHABLE' });
      await expect(ensure(configured)).rejects.toMatchObject({ code: 'NAMESPACE_MISSING' });
    });
  });
}
