import { beforeEach, describe, expect, test } from '@jest/globals';
import { manifests } from '../../src/kubernetes/manifest.js';
import type { BeginRunInput } from '../../src/release/steps.js';
import { finishOf } from '../store/stored.js';
import { minute, namespace, World } from './world.js';

let world: World;
beforeEach(() => {
  world = new World();
});
const begin = (more: Partial<BeginRunInput> = {}) => world.run('beginRun', world.beginInput(more));
const jobs = (): string[] => [...world.cluster.jobs.values()].map(({ uid }) => uid);

/** The pull secret of a registry whose source is in the cluster. */
function registryWithSecret(): BeginRunInput['pullSecrets'] {
  const type = 'kubernetes.io/dockerconfigjson';
  world.cluster.namespace('secrets');
  world.cluster.secrets.set('secrets/hub', { type, data: {}, labels: {}, version: 1 });
  return [{ registry: 'hub', from: { namespace: 'secrets', name: 'hub' }, as: 'towpath-pull-hub' }];
}

test('a run that no stored plan has takes no turn and creates nothing, whoever started its workflow', async () => {
  world.store.isPlanned = false;
  expect(await world.failure(begin())).toMatchObject({ type: 'SPEC_INVALID', nonRetryable: true });
  expect(world.store.calls).toEqual(['planned']);
  expect(jobs()).toEqual([]);
});

test('a workflow under another id takes no turn for a release, whatever it says', async () => {
  world.attempts.workflowId = 'made-up';
  expect(await world.failure(begin())).toMatchObject({ type: 'SPEC_INVALID', nonRetryable: true });
  expect(world.store.calls).toEqual([]);
});

describe('a granted turn', () => {
  test('makes namespace, pull secret and Job, in this order, and records the uid', async () => {
    const pullSecrets = registryWithSecret();
    const answer = await begin({ pullSecrets }).promise;
    const [uid] = jobs();
    expect(answer).toEqual({
      outcome: 'running',
      ref: {
        key: world.key,
        run: 1,
        cluster: 'ops',
        namespace,
        name: expect.stringMatching(/^my-service-staging-apply-[0-9a-f]{10}$/) as unknown,
        uid,
        mainContainer: 'main',
        specHash: 'job-digest.1',
        allottedAt: world.clock.iso(),
      },
    });
    expect(world.gateway.calls.map((call) => call.split(' ')[0])).toEqual([
      'ensureNamespace',
      'ensurePullSecret',
      'createJob',
    ]);
    expect(world.store.run(world.key).uid).toBe(uid);
  });

  test('creates nothing when it was held up for so long that another attempt may have come to an end', async () => {
    const pullSecrets = registryWithSecret();
    world.gateway.before = async (method) => {
      if (method === 'ensurePullSecret') await world.clock.advance(60 * minute);
    };
    expect(await world.failure(begin({ pullSecrets }))).toMatchObject({
      type: 'RUNTIME_UNREACHABLE',
      nonRetryable: false,
    });
    expect(jobs()).toEqual([]);
  });

  test('of a run that is tried again creates nothing once the progress deadline has passed', async () => {
    const startBy = world.clock.iso();
    await world.clock.advance(1);
    expect(await world.failure(begin({ startBy }))).toMatchObject({
      type: 'PROGRESS_DEADLINE_EXCEEDED',
      nonRetryable: true,
    });
    expect(jobs()).toEqual([]);
  });

  test('whose clock stood still has its time from its number on', async () => {
    expect(await begin({ startWithinMs: 1000 }).promise).toMatchObject({ outcome: 'running' });
    world = new World();
    world.gateway.fail('createJob', 'RUNTIME_UNREACHABLE');
    await world.failure(begin({ startWithinMs: 1000 }));
    await world.clock.advance(1001);
    expect(await world.failure(begin({ startWithinMs: 1000 }))).toMatchObject({ type: 'PROGRESS_DEADLINE_EXCEEDED' });
  });

  test('goes on with a Job that was created before the progress deadline', async () => {
    const startBy = world.clock.iso();
    world.store.fail('recordJob', 'away');
    await world.failure(begin({ startBy }));
    await world.clock.advance(1);
    expect(await begin({ startBy }).promise).toMatchObject({ outcome: 'running', ref: { uid: jobs()[0] } });
  });

  test('gives the Job its labels, annotations and variables', async () => {
    const { name } = await world.begun();
    const { labels, annotations, manifest } = world.cluster.job(name);
    expect(labels).toEqual({
      'app.kubernetes.io/managed-by': 'towpath',
      'towpath.dev/installation': 'installation-1',
      'towpath.dev/application': 'my-app',
      'towpath.dev/service': 'my-service',
      'towpath.dev/release-channel': 'staging',
      'towpath.dev/runtime': 'vm',
      'towpath.dev/release': '1',
      'towpath.dev/run': '1',
      'towpath.dev/command': 'apply',
    });
    expect(annotations).toEqual({
      'towpath.dev/spec-hash': 'job-digest.1',
      'towpath.dev/service-version': 'v1',
      'towpath.dev/workflow-id': 'release/my-app/my-service/1',
    });
    expect(JSON.stringify(manifest)).toContain('{"name":"TOWPATH_RUN","value":"1"}');
  });
});

test.each([
  ['queued', 10, { outcome: 'queued', behind: 'my-app/my-service/9' }],
  ['replaced', 1, { outcome: 'replaced', by: 'my-app/my-service/9' }],
] as const)('without a turn it answers %s and asks the cluster nothing', async (_, release, answer) => {
  await world.store.takeTurn(world.beginInput({ key: { ...world.key, release: 9 } }));
  expect(await begin({ key: { ...world.key, release } }).promise).toEqual(answer);
  expect(world.gateway.calls).toEqual([]);
});

test.each(['ended', 'closed'] as const)('a key that is %s is answered as it is stored', async (state) => {
  const ref = await world.begun();
  world.gateway.calls.length = 0;
  if (state === 'closed') await world.store.closeRun(world.key);
  else Object.assign(world.store.run(world.key), { outcome: { code: 'JOB_FAILED' }, endedAt: world.clock.iso() });
  const answers = { closed: { outcome: 'closed' }, ended: { outcome: 'ended', run: ref.run, code: 'JOB_FAILED' } };
  expect(await begin().promise).toEqual(answers[state]);
  expect(world.gateway.calls).toEqual([]);
});

describe('asked again after a crash', () => {
  test.each([
    ['after the turn was taken', () => world.gateway.fail('ensureNamespace', 'RUNTIME_UNREACHABLE')],
    ['after the namespace was made', () => world.gateway.fail('createJob', 'RUNTIME_UNREACHABLE')],
    ['after the Job was created, its answer lost', () => world.gateway.fail('createJob', 'answerLost')],
    ['before the uid was recorded', () => world.store.fail('recordJob', 'away')],
    ['after the uid was recorded', () => world.store.fail('recordJob', 'answerLost')],
    ['after the turn was taken, its answer lost', () => world.store.fail('takeTurn', 'answerLost')],
  ])('%s, it ends with one Job and one number', async (_, crash) => {
    crash();
    expect((await world.failure(begin())).nonRetryable).toBe(false);
    const ref = await world.begun();
    expect(jobs()).toEqual([ref.uid]);
    expect(ref.run).toBe(1);
    expect(world.store.run(world.key).uid).toBe(ref.uid);
    expect(await world.begun()).toEqual(ref);
  });

  test('a Job of that name with another spec is not adopted', async () => {
    world.store.fail('recordJob', 'away');
    await world.failure(begin());
    const failure = await world.failure(begin({ jobDigest: 'another-digest' }));
    expect(failure).toMatchObject({ type: 'JOB_CONFLICT', nonRetryable: true });
  });

  test("a Job of that name that is somebody else's is not adopted", async () => {
    const { name } = await world.begun();
    Object.assign(world.cluster.job(name), { labels: {} });
    delete world.store.run(world.key).uid;
    expect(await world.failure(begin())).toMatchObject({ type: 'JOB_CONFLICT', nonRetryable: true });
    expect(world.calls('deleteJob', 'setTtl')).toEqual([]);
  });

  test('a tombstone means that the run was closed', async () => {
    const { name } = await world.begun();
    await world.run('endRun', world.endInput()).promise;
    Object.assign(world.store.run(world.key), { closed: false });
    delete world.store.run(world.key).uid;
    expect(world.cluster.job(name).labels['towpath.dev/tombstone']).toBe('true');
    expect(await begin().promise).toEqual({ outcome: 'closed' });
  });

  test('a Job that exists and cannot be read is asked for again', async () => {
    world.store.fail('recordJob', 'away');
    await world.failure(begin());
    world.gateway.fail('readJob', 'RUNTIME_UNREACHABLE');
    expect(await world.failure(begin())).toMatchObject({ type: 'RUNTIME_UNREACHABLE', nonRetryable: false });
    expect((await world.begun()).uid).toBe(jobs()[0]);
  });
});

describe('a Job whose uid is stored', () => {
  test('is lost when neither it nor a pod of it is there', async () => {
    const { name } = await world.begun();
    world.cluster.removePod(world.cluster.pod(name));
    world.cluster.orphan(world.cluster.job(name));
    expect(await world.failure(begin())).toMatchObject({ type: 'JOB_LOST', nonRetryable: true });
    expect(jobs()).toEqual([]);
  });

  test('that has left a pod is given on, so that the pod is ended and its log stored', async () => {
    const ref = await world.begun();
    world.cluster.orphan(world.cluster.job(ref.name));
    expect(await begin().promise).toEqual({ outcome: 'running', ref });
  });

  test('is replaced when another one has its name', async () => {
    const { name } = await world.begun();
    world.cluster.removePod(world.cluster.pod(name));
    world.cluster.job(name).uid = 'another-uid';
    expect(await world.failure(begin())).toMatchObject({ type: 'JOB_REPLACED', nonRetryable: true });
  });
});

test('a number that is older than six days and whose Job was never seen creates nothing', async () => {
  world.gateway.fail('createJob', 'RUNTIME_UNREACHABLE');
  await world.failure(begin());
  await world.clock.advance(6 * 24 * 60 * minute);
  world.gateway.fail('createJob', 'RUNTIME_UNREACHABLE');
  expect(await world.failure(begin())).toMatchObject({ type: 'RUNTIME_UNREACHABLE' });
  await world.clock.advance(1);
  expect(await world.failure(begin())).toMatchObject({ type: 'JOB_LOST', nonRetryable: true });
  expect(jobs()).toEqual([]);
});

describe('the namespace', () => {
  test('that is configured and missing fails before any Job, naming it', async () => {
    const failure = await world.failure(begin({ namespace: { name: 'mine', managed: false } }));
    expect(failure).toMatchObject({ type: 'NAMESPACE_MISSING', nonRetryable: true });
    expect(failure.message).toContain('"mine"');
    expect(world.calls('createJob')).toEqual([]);
  });

  test('that belongs to somebody else fails before any Job', async () => {
    world.cluster.namespace(namespace);
    expect(await world.failure(begin())).toMatchObject({ type: 'NAMESPACE_NOT_OURS', nonRetryable: true });
    expect(world.calls('createJob')).toEqual([]);
  });

  test('of ours that goes while the Job is created is made again by the next attempt', async () => {
    world.gateway.fail('createJob', 'NAMESPACE_MISSING');
    expect(await world.failure(begin())).toMatchObject({ type: 'RUNTIME_UNREACHABLE', nonRetryable: false });
    expect((await world.begun()).run).toBe(1);
  });

  test('that is configured and goes while the Job is created is missing', async () => {
    world.cluster.namespace('mine');
    world.gateway.fail('createJob', 'NAMESPACE_MISSING');
    const failure = await world.failure(begin({ namespace: { name: 'mine', managed: false } }));
    expect(failure).toMatchObject({ type: 'NAMESPACE_MISSING', nonRetryable: true });
  });
});

test('a pull secret without a source fails before any Job', async () => {
  const pullSecrets = [{ registry: 'hub', from: { namespace: 'secrets', name: 'hub' }, as: 'towpath-pull-hub' }];
  expect(await world.failure(begin({ pullSecrets }))).toMatchObject({ type: 'SPEC_REFUSED', nonRetryable: true });
  expect(world.calls('createJob')).toEqual([]);
});

test('a template without its main container is refused, and not tried again', async () => {
  const { job } = world.beginInput();
  const failure = await world.failure(begin({ job: { ...job, mainContainer: 'other' } }));
  expect(failure).toMatchObject({ type: 'RENDER_FAILED', nonRetryable: true });
});

test('a cluster that does not answer is what the run waits for, until it answers', async () => {
  world.gateway.fail('createJob', 'RUNTIME_UNREACHABLE');
  await world.failure(begin());
  expect(world.store.run(world.key).progress).toMatchObject({
    waiting: expect.stringMatching(/^RUNTIME_UNREACHABLE: createJob/) as unknown,
  });
  const { outcome } = await begin().promise;
  expect([outcome, world.store.run(world.key).progress]).toEqual(['running', undefined]);
});

describe('after a restored database', () => {
  /** The Job of a run of another release that only the cluster knows. */
  async function forgotten(run: number): Promise<string> {
    const installation = await world.store.installationId();
    await world.gateway.ensureNamespace({ name: namespace, managed: true }, { installation, runtime: 'vm' });
    const key = { ...world.key, release: 9 };
    const lost = manifests.job(world.beginInput({ key }), { run, installation });
    const job = await world.gateway.createJob(namespace, lost);
    if (job === 'exists') throw new Error('the Job existed');
    world.store.epoch = 1;
    return job.name;
  }

  test('a run waits for the Job of one that was forgotten, and has a number above it', async () => {
    const name = await forgotten(5);
    expect(await begin().promise).toEqual({ outcome: 'queued', behind: 'my-app/my-service/9' });
    expect(jobs()).toHaveLength(1);
    world.cluster.exit(world.cluster.pod(name), 0);
    expect(await begin().promise).toMatchObject({ outcome: 'running', ref: { run: 6 } });
  });

  test('the cluster is asked once for each instance, and not at all otherwise', async () => {
    await world.begun();
    expect(world.calls('listJobs')).toEqual([]);
    world.store.epoch = 1;
    for (const attempt of [2, 3]) {
      await world.store.finish(finishOf({ ...world.key, attempt: attempt - 1 }));
      await world.begun({ key: { ...world.key, attempt } });
    }
    expect(world.calls('listJobs')).toHaveLength(1);
  });

  test('nothing is begun while the cluster does not answer', async () => {
    await forgotten(5);
    world.gateway.fail('listJobs', 'RUNTIME_UNREACHABLE');
    expect(await world.failure(begin())).toMatchObject({ type: 'RUNTIME_UNREACHABLE', nonRetryable: false });
    expect(jobs()).toHaveLength(1);
  });
});
