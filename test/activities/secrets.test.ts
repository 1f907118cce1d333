import { CancelledFailure } from '@temporalio/common';
import { expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/release/plan.js';
import { settle } from '../fakes/clock.js';
import { framed } from './framed.js';
import { minute, namespace, World } from './world.js';

const token = 'hunter2-hunter2';
const secretOf = (data: Record<string, string>) => ({
  type: 'Opaque',
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  labels: {},
  version: 1,
});

/** A run whose pod gets Secrets in this way, with its program started. */
async function started(pod: JsonObject, secrets: Record<string, Record<string, string>>) {
  const world = new World();
  for (const [name, data] of Object.entries(secrets)) world.cluster.secrets.set(`${namespace}/${name}`, secretOf(data));
  const { job, ...input } = world.beginInput();
  const { containers: more = [{}], ...podSpec } = pod as { containers?: JsonObject[] };
  const containers = more.map((each) => ({ name: 'main', image: 'registry.test/deploy:1', ...each }));
  const manifest = { ...job.manifest, spec: { template: { spec: { ...podSpec, containers } } } };
  const ref = await world.begun({ ...input, job: { ...job, manifest } });
  const fake = world.pod(ref);
  world.cluster.start(fake);
  const follow = async () => {
    const running = world.run('awaitRun', world.awaitInput(ref));
    await world.clock.advance(1000);
    return running;
  };
  const print = async (text: string): Promise<void> => {
    world.cluster.print(fake, text);
    await settle();
  };
  return { world, ref, pod: fake, follow, print };
}
type Started = Awaited<ReturnType<typeof started>>;

async function ended({ world, pod }: Started, { promise }: Awaited<ReturnType<Started['follow']>>, message?: string) {
  world.cluster.exit(pod, 0, message === undefined ? {} : { message });
  await world.clock.advance(minute);
  return promise;
}

const env = [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'deploy', key: 'token' } } }];
const inEnv: JsonObject = { containers: [{ env }] };

test.each<[string, JsonObject]>([
  ['a variable', inEnv],
  ['all variables of a Secret', { containers: [{ envFrom: [{ secretRef: { name: 'deploy' } }] }] }],
  ['a file', { volumes: [{ name: 's', secret: { secretName: 'deploy' } }] }],
  [
    'one file of several sources',
    { volumes: [{ name: 's', projected: { sources: [{ secret: { name: 'deploy' } }] } }] },
  ],
  ['another container', { containers: [{}, { name: 'proxy', env }] }],
  ['an init container', { initContainers: [{ name: 'init', image: 'i', env }] }],
])('a value that comes by %s is left out of the log', async (_, pod) => {
  const run = await started(pod, { deploy: { token } });
  const running = await run.follow();
  await run.print(`with ${token}\n`);
  expect(run.world.log(run.ref)).toBe('with [redacted]\n');
  expect(await ended(run, running)).toMatchObject({ tail: ['with [redacted]'], warnings: [] });
});

test('a value of another key, that no program gets, is text', async () => {
  const run = await started(inEnv, { deploy: { token, other: 'not-a-secret-of-this-pod' } });
  const running = await run.follow();
  await run.print('not-a-secret-of-this-pod\n');
  expect(await ended(run, running)).toMatchObject({ tail: ['not-a-secret-of-this-pod'] });
});

test('values are left out of results, of a file and of a frame', async () => {
  const result = JSON.stringify({ message: `token ${token}`, outputs: [{ name: 'a', text: token }] });
  const shown = { message: 'token [redacted]', outputs: [{ name: 'a', text: '[redacted]' }] };
  const byFile = await started(inEnv, { deploy: { token } });
  expect(await ended(byFile, await byFile.follow(), result)).toMatchObject({ result: shown });
  const byFrame = await started(inEnv, { deploy: { token } });
  const running = await byFrame.follow();
  await byFrame.print(framed(result));
  expect(await ended(byFrame, running)).toMatchObject({ result: shown });
  expect(byFrame.world.log(byFrame.ref)).toBe(`[result: ${result.length} bytes]\n`);
});

test('a value that is printed in two pieces, with another worker between them, is left out', async () => {
  const run = await started(inEnv, { deploy: { token } });
  const first = await run.follow();
  await run.print('a hunter2-');
  expect(run.world.log(run.ref)).toBe('a ');
  first.cancel();
  await expect(first.promise).rejects.toBeInstanceOf(CancelledFailure);
  const second = await run.follow();
  await run.print('hunter2 b\n');
  expect(await ended(run, second)).toMatchObject({ tail: ['a [redacted] b'], warnings: [] });
});

test('what only began like a value is stored when the program has ended', async () => {
  const run = await started(inEnv, { deploy: { token } });
  const running = await run.follow();
  await run.print('a hunter2-');
  expect(await ended(run, running)).toMatchObject({ tail: ['a hunter2-'], warnings: [] });
});

test('nothing is stored before the cluster has told what to leave out', async () => {
  const run = await started(inEnv, { deploy: { token } });
  run.world.gateway.fail('readSecret', 'RUNTIME_UNREACHABLE', 'RUNTIME_UNREACHABLE');
  const running = await run.follow();
  await run.print(`with ${token}\n`);
  expect(run.world.log(run.ref)).toBe('');
  await run.world.clock.advance(5000);
  expect(run.world.log(run.ref)).toBe('with [redacted]\n');
  await ended(run, running);
});

const unread = (names: string): string =>
  `values of ${names} may be in the log and the result: the worker could not read them to leave them out (right: get secrets)`;

test('a worker that may not read Secrets stores the log as it is, with one warning', async () => {
  const two = { envFrom: [{ secretRef: { name: 'deploy' } }, { secretRef: { name: 'more' } }] };
  const run = await started({ containers: [{ ...two, env }] }, { deploy: { token }, more: { token } });
  run.world.gateway.fail('readSecret', 'RUNTIME_FORBIDDEN', 'RUNTIME_FORBIDDEN');
  const running = await run.follow();
  await run.print(`with ${token}\n`);
  expect(await ended(run, running)).toMatchObject({
    tail: [`with ${token}`],
    warnings: [unread('Secrets deploy, more')],
  });
});

test.each([
  [false, [unread('Secret deploy')]],
  [true, []],
])('a Secret that is gone, optional: %s, is a warning unless the pod starts without it', async (optional, warnings) => {
  const secretRef = { name: 'deploy', ...(optional ? { optional } : {}) };
  const run = await started({ containers: [{ envFrom: [{ secretRef }] }] }, {});
  expect(await ended(run, await run.follow())).toMatchObject({ warnings });
});

test('without Secrets none is asked for', async () => {
  const run = await started({}, { deploy: { token } });
  const running = await run.follow();
  await run.print(`with ${token}\n`);
  expect(await ended(run, running)).toMatchObject({ tail: [`with ${token}`], warnings: [] });
  expect(run.world.calls('readSecret')).toEqual([]);
});

/** Ends a run whose program writes a result file as it stops. */
async function stoppedWith({ world, pod, ref }: Started, message: string) {
  world.cluster.onTerm = () => world.cluster.exit(pod, 143, { message });
  const ending = world.run('endRun', world.endInput(ref));
  await world.clock.advance(2 * minute);
  return ending.promise;
}

test('a run is ended also when its Secrets do not answer, and its result is not kept then', async () => {
  const run = await started(inEnv, { deploy: { token } });
  run.world.gateway.fail('readSecret', ...Array.from({ length: 100 }, () => 'RUNTIME_UNREACHABLE' as const));
  const { end } = await stoppedWith(run, JSON.stringify({ message: token }));
  expect(end).not.toHaveProperty('result');
  expect(end?.warnings).toContainEqual(expect.stringMatching(/^the result was not kept: /));
});

test('a run that is ended when its Secret is gone says that values may be in its result', async () => {
  const run = await started(inEnv, { deploy: { token } });
  run.world.cluster.secrets.clear();
  run.world.cluster.orphan(run.world.cluster.job(run.ref.name));
  const { end } = await stoppedWith(run, JSON.stringify({ message: 'done' }));
  expect(end).toMatchObject({
    result: { message: 'done' },
    warnings: [expect.stringMatching(/^values of Secret deploy may be in the log and the result/)],
  });
});
