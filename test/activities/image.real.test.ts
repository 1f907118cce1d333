import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/release/plan.js';
import type { BeginRunInput } from '../../src/release/steps.js';
import { printing } from '../kubernetes/program.js';
import { RealWorld } from './real-world.js';

const world = new RealWorld();
beforeAll(() => world.begin());
afterAll(() => world.scene.end());

/** The main container with other fields, as a plan would have built it. */
function withMain(input: BeginRunInput, fields: JsonObject): BeginRunInput {
  const manifest = structuredClone(input.job.manifest) as {
    spec: { template: { spec: { containers: JsonObject[]; volumes?: JsonObject[] } } };
  };
  const pod = manifest.spec.template.spec;
  Object.assign(pod.containers[0] as JsonObject, fields);
  pod.volumes = [...(pod.volumes ?? []), { name: 'towpath-result', emptyDir: {} }];
  return { ...input, job: { ...input.job, manifest: manifest as unknown as JsonObject } };
}

test('an image that nobody has registered is told at once, and does not start', async () => {
  const input = withMain(world.beginInput(printing('')), { image: 'registry.test/typo:1' });
  const ref = await world.begun(input);
  const failure = await world.failure(world.run('awaitRun', world.awaitInput(ref, { startTimeoutMs: 8000 })));
  expect(failure).toMatchObject({ type: 'JOB_NOT_STARTING', nonRetryable: true });
  expect(failure.message).toMatch(/: (ErrImagePull|ImagePullBackOff): /);
  expect(world.store.run(ref.key).progress?.waiting).toMatch(/^(ErrImagePull|ImagePullBackOff): /);
});

test.each([
  ['{"message":"deployed"}', { exitCode: 0, result: { message: 'deployed' } }],
  ['', { exitCode: 0 }],
])('what the program writes to its result file (%s) is read', async (text, end) => {
  const path = '/towpath/result.json';
  const input = withMain(world.beginInput(printing('')), {
    command: ['sh', '-c', `printf '%s' '${text}' > "$TOWPATH_RESULT_PATH"`],
    env: [{ name: 'TOWPATH_RESULT_PATH', value: path }],
    volumeMounts: [{ name: 'towpath-result', mountPath: '/towpath' }],
    terminationMessagePath: path,
  });
  const ref = await world.begun(input);
  expect(await world.run('awaitRun', world.awaitInput(ref)).promise).toMatchObject(end);
});
