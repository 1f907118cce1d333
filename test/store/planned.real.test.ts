import { beforeAll, expect, test } from '@jest/globals';
import type { ReleasePlan } from '../../src/release/plan.js';
import type { BeginRunInput } from '../../src/release/steps.js';
import { beginOf, keyOf, startOf } from './stored.js';
import { useStore } from './use-store.js';

const real = useStore();
let plan: ReleasePlan;
let asked: BeginRunInput;

beforeAll(async () => {
  const { release } = await real.store.createRelease(startOf('planned'));
  plan = (await real.store.plan(release.id))!;
  const [{ runtime, cluster, namespace, apply }] = plan.channels as [ReleasePlan['channels'][number]];
  asked = beginOf(keyOf({ service: 'planned' }, release.number), {
    releaseDigest: plan.digest,
    runtime,
    cluster,
    namespace,
    job: plan.jobs[apply.job]!,
    jobDigest: apply.job,
    pullSecrets: apply.pullSecrets,
  });
});

test('what the stored plan says may run', async () => {
  expect(await real.store.planned(asked)).toBe(true);
});

test.each<[string, () => Partial<BeginRunInput>]>([
  ['of a release that is not stored', () => ({ key: { ...asked.key, release: 99 } })],
  ['of a channel that the plan does not have', () => ({ key: { ...asked.key, channel: 'secret' } })],
  ['of another plan', () => ({ releaseDigest: 'other' })],
  ['with another Job under the same digest', () => ({ job: { ...asked.job, manifest: { spec: {} } } })],
  ['with a digest that the plan does not have', () => ({ jobDigest: 'other' })],
  ['on another cluster', () => ({ cluster: 'other' })],
  ['in another namespace', () => ({ namespace: { name: 'kube-system', managed: false } })],
  [
    'with a secret of its own',
    () => ({ pullSecrets: [{ registry: 'r', from: { namespace: 'kube-system', name: 's' }, as: 'towpath-pull-r' }] }),
  ],
])('a run %s may not', async (_, more) => {
  expect(await real.store.planned({ ...asked, ...more() })).toBe(false);
});
