import { CancelledFailure } from '@temporalio/common';
import { afterEach, beforeEach, expect } from '@jest/globals';
import type { AwaitRunInput, RunRef } from '../../src/release/steps.js';
import type { RunEnd } from '../../src/release/view.js';
import { World, type Running } from './world.js';

export let world: World;
/** The run that every test begins with. */
export let ref: RunRef;

/** For a file whose tests follow one run: begins it before each, and sees that nothing of it stays open. */
export function useRun(): void {
  beforeEach(async () => {
    world = new World();
    ref = await world.begun();
  });
  afterEach(() => {
    if (world.gateway.openWatches !== 0) throw new Error('a watch was left open');
  });
}

export const follow = (more: Partial<AwaitRunInput> = {}): Running<RunEnd> =>
  world.run('awaitRun', world.awaitInput(ref, more));

/** Follows a program that has started. */
export async function following(more: Partial<AwaitRunInput> = {}): Promise<Running<RunEnd>> {
  world.cluster.start(world.pod(ref));
  const running = follow(more);
  // Its log is followed once it has run for a moment.
  await world.clock.advance(1000);
  return running;
}

/** Its worker stops: the attempt leaves the Job, and what it had opened. */
export async function left(running: Running<unknown>): Promise<void> {
  running.cancel();
  await expect(running.promise).rejects.toBeInstanceOf(CancelledFailure);
}
