import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waiting } from './contract/changes.js';
import { creating, listing, observing } from './contract/jobs.js';
import { logs } from './contract/logs.js';
import { namespaces } from './contract/namespaces.js';
import { pullSecrets } from './contract/pull-secrets.js';
import { deleting, timeToLive } from './contract/removal.js';
import { Scene, type TestCluster } from './contract/scene.js';
import { secrets } from './contract/secrets.js';
import { sweeping } from './contract/sweep.js';

/** Every promise of the port, held against one implementation of it. */
export function describeGateway(start: () => Promise<TestCluster>): void {
  const scene = new Scene(start);
  beforeAll(() => scene.begin());
  afterAll(() => scene.end());
  for (const part of [
    namespaces,
    pullSecrets,
    secrets,
    creating,
    observing,
    listing,
    sweeping,
    waiting,
    logs,
    deleting,
    timeToLive,
  ])
    part(scene);

  test('warnings tell why a Job has no pod', async () => {
    const { job } = await scene.create({ podSpec: { serviceAccountName: 'missing' } });
    const warnings = await scene.eventually(
      () => scene.gateway.warnings(job.namespace, job.uid),
      (all) => all !== undefined && all.length > 0,
    );
    expect(warnings?.at(-1)).toMatch(/^FailedCreate: .*"missing" not found/);
    const ofAnother = await scene.eventually(
      () => scene.gateway.warnings(job.namespace, 'another-uid'),
      (all) => all !== undefined,
    );
    expect(ofAnother).toEqual([]);
  });

  test('warnings tell what happens to its pod, too', async () => {
    const { job } = await scene.create({ podSpec: { nodeSelector: { no: 'node' } } });
    const warnings = await scene.eventually(
      () => scene.gateway.warnings(job.namespace, job.uid),
      (all) => all !== undefined && all.length > 0,
    );
    expect(warnings?.at(-1)).toMatch(/^FailedScheduling: /);
  });
}
