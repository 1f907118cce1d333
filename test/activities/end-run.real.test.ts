import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { manifests } from '../../src/kubernetes/manifest.js';
import type { BeginRunInput, RunRef } from '../../src/release/steps.js';
import { printing, type Program } from '../kubernetes/program.js';
import { RealWorld } from './real-world.js';
import { withoutEnd } from './without-end.js';

const world = new RealWorld();
beforeAll(() => world.begin());
afterAll(() => world.scene.end());

const gate = (): string => world.scene.unique('gate');
const jobOf = ({ namespace, name }: RunRef) => world.scene.gateway.readJob(namespace, name);
const podsOf = async ({ namespace, uid }: RunRef) => (await world.scene.gateway.listPods(namespace, uid, 'main')).items;

/** A run whose program has printed `up`. */
async function up(onTerm: Program['onTerm']): Promise<{ ref: RunRef; input: BeginRunInput }> {
  const program = { steps: [{ print: 'up\n' }, { until: gate() }], ...(onTerm ? { onTerm } : {}) };
  const input = world.beginInput(program, { podSpec: { terminationGracePeriodSeconds: onTerm === 'ignore' ? 2 : 60 } });
  const ref = await world.begun(input);
  await world.scene.spoke(ref, 'up');
  return { ref, input };
}

async function expectBuried(ref: RunRef): Promise<void> {
  expect(await podsOf(ref)).toEqual([]);
  const grave = await jobOf(ref);
  expect(grave?.labels).toMatchObject({
    'towpath.dev/tombstone': 'true',
    'towpath.dev/installation': 'installation-1',
  });
  expect(grave?.uid).not.toBe(ref.uid);
}

describe('ending a run', () => {
  test('whose program honours SIGTERM stores what it prints in its grace period', async () => {
    const heard = gate();
    const { ref, input } = await up([{ print: 'stopping\n' }, { until: heard }, { exit: 0 }]);
    const running = world.run('endRun', { ...world.endInput(input), ref });
    await world.logged(ref, 'stopping\n');
    expect(await jobOf(ref)).toMatchObject({ uid: ref.uid, deleting: true });
    world.scene.cluster.open(heard);
    expect(await running.promise).toEqual({
      run: 1,
      end: expect.objectContaining({ exitCode: 0, tail: ['up', 'stopping'], warnings: [] }),
    });
    expect(world.log(ref)).toBe('up\nstopping\n');
    await expectBuried(ref);
  });

  test('whose program ignores SIGTERM waits for the end of its grace period', async () => {
    const { ref, input } = await up('ignore');
    expect(withoutEnd(await world.run('endRun', { ...world.endInput(input), ref }).promise)).toEqual({ run: 1 });
    expect(world.log(ref)).toBe('up\n');
    await expectBuried(ref);
  });

  test('that is known by its key alone finds its Job', async () => {
    const { ref, input } = await up(undefined);
    expect(withoutEnd(await world.run('endRun', world.endInput(input)).promise)).toEqual({ run: 1 });
    await expectBuried(ref);
  });

  test('that ended by itself counts as it ended', async () => {
    const input = world.beginInput(printing('quick\n', { exit: 3 }));
    const ref = await world.begun(input);
    await world.scene.eventually(
      () => podsOf(ref),
      ([pod]) => pod?.phase === 'Failed',
    );
    const answer = await world.run('endRun', { ...world.endInput(input), ref }).promise;
    expect(answer).toMatchObject({ run: 1, ended: { code: 'JOB_FAILED', end: { exitCode: 3, tail: ['quick'] } } });
    expect((await jobOf(ref))?.uid).toBe(ref.uid);
  });

  test('twice changes nothing the second time', async () => {
    const { ref, input } = await up(undefined);
    const end = { ...world.endInput(input), ref };
    await world.run('endRun', end).promise;
    const grave = await jobOf(ref);
    expect(withoutEnd(await world.run('endRun', end).promise)).toEqual({ run: 1 });
    expect(await jobOf(ref)).toMatchObject({ uid: grave?.uid });
  });

  test('lets no create of a stopped worker come through afterwards', async () => {
    const { ref, input } = await up(undefined);
    await world.run('endRun', { ...world.endInput(input), ref }).promise;
    const late = manifests.job(input, { run: 1, installation: 'installation-1' });
    expect(await world.scene.gateway.createJob(ref.namespace, late)).toBe('exists');
    expect(await world.run('beginRun', input).promise).toEqual({ outcome: 'closed' });
    await expectBuried(ref);
  });

  test('whose Job was never created leaves a tombstone all the same', async () => {
    const input = world.beginInput(printing(''));
    const { namespace: at } = input;
    await world.scene.gateway.ensureNamespace(at, { installation: 'installation-1', runtime: 'vm' });
    await world.store.takeTurn(input);
    expect(withoutEnd(await world.run('endRun', world.endInput(input)).promise)).toEqual({ run: 1 });
    const name = manifests.jobName(input.key, { prefix: input.job.prefix, run: 1, installation: 'installation-1' });
    expect((await world.scene.gateway.readJob(at.name, name))?.labels).toHaveProperty(['towpath.dev/tombstone']);
  });
});
