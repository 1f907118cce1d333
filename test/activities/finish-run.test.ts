import { beforeEach, describe, expect, test } from '@jest/globals';
import type { FinishRunInput, RunRef } from '../../src/release/steps.js';
import { finishOf } from '../store/stored.js';
import { minute, World } from './world.js';

let world: World;
let ref: RunRef;
beforeEach(async () => {
  world = new World();
  ref = await world.begun();
});

const input = (more: Partial<FinishRunInput> = {}): FinishRunInput =>
  finishOf(world.key, { ref, ttlMs: 60 * minute, stable: { digest: 'd', version: 'v1' }, ...more });
const ended = (at: string): Partial<FinishRunInput> => ({
  outcome: { code: 'SUCCEEDED', end: { endedAt: at, tail: [], logBytes: 0, truncated: false, warnings: [] } },
});
const finish = (more: Partial<FinishRunInput> = {}) => world.run('finishRun', input(more));
const ttl = (): number | undefined => world.cluster.job(ref.name).ttl;

test('records the end, frees the turn and makes the instance stable', async () => {
  expect(await finish().promise).toEqual({ endedAt: world.clock.iso() });
  expect(world.store.run(world.key).outcome).toMatchObject({ code: 'SUCCEEDED' });
  expect(world.store.instance(world.key)).toMatchObject({ turns: { holder: null }, stable: { digest: 'd' } });
});

describe('the time to live', () => {
  test('is lowered only after the end was recorded', async () => {
    world.store.fail('finish', 'away');
    expect(await world.failure(finish())).toMatchObject({ type: 'STORE_UNREACHABLE', nonRetryable: false });
    expect(ttl()).toBeUndefined();
    await finish().promise;
    expect(ttl()).toBe(3600);
  });

  test.each([
    ['as configured', 60, 0, 3600],
    ['15 minutes when less is configured', 1, 0, 900],
    ['15 minutes from now when the end was long ago', 60, 120, 135 * 60],
    ['as configured when the end was just now', 60, 44, 3600],
    ['never less than 15 minutes from now', 60, 46, 61 * 60],
  ])('is %s', async (_, ttlMinutes, minutesAgo, seconds) => {
    const at = world.clock.iso();
    await world.clock.advance(minutesAgo * minute);
    await finish({ ttlMs: ttlMinutes * minute, ...ended(at) }).promise;
    expect(ttl()).toBe(seconds);
  });

  test('counts from now when the clock of the node is ahead', async () => {
    await finish({ ttlMs: minute, ...ended(new Date(world.clock.now() + 60 * minute).toISOString()) }).promise;
    expect(ttl()).toBe(900);
  });

  test.each(['RUNTIME_UNREACHABLE', 'RUNTIME_FORBIDDEN'] as const)(
    'that cannot be lowered (%s) is told in the log and fails nothing',
    async (code) => {
      world.gateway.fail('setTtl', code);
      expect(await finish().promise).toEqual({ endedAt: world.clock.iso() });
      expect(world.logged).toContainEqual(
        expect.objectContaining({ level: 'WARN', message: 'the time to live of a Job was not lowered' }),
      );
    },
  );

  test('is none of ours without a Job', async () => {
    const { ref: _ref, ...rest } = input();
    await world.run('finishRun', rest).promise;
    expect(world.calls('setTtl')).toEqual([]);
  });
});

test('repeated after a lost answer it answers the same and lowers the time to live', async () => {
  world.store.fail('finish', 'answerLost');
  await world.failure(finish());
  const at = world.clock.iso();
  await world.clock.advance(minute);
  expect(await finish().promise).toEqual({ endedAt: at });
  expect(ttl()).toBe(3600);
});

test('no failure is final: a turn would be left behind', async () => {
  Object.assign(world.store, { finish: () => Promise.reject(new Error('a bug')) });
  const failure = await world.failure(finish());
  expect(failure).toMatchObject({ type: 'INTERNAL', nonRetryable: false });
});
