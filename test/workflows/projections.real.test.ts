import { beforeEach, expect, test } from '@jest/globals';
import { channelPlan } from '../fakes/plans.js';
import type { ChannelPlan } from '../../src/release/plan.js';
import type { ReleaseView } from '../../src/release/view.js';
import { until } from '../real/until.js';
import { startRelease, type Started } from './releases.js';
import { failure, fine, recorded } from './scripted.js';
import { script, temporal, useScript } from './scripting.js';

useScript();

/** As the store keeps it: a view is written only over an older one. */
let stored: ReleaseView | undefined;
const write = (view: ReleaseView): void => {
  if (!stored || stored.sequence < view.sequence) stored = view;
};
beforeEach(() => {
  stored = undefined;
  const { project } = script;
  script.project = (input) => {
    write(input.view);
    return project(input);
  };
});

/** Starts a release whose store is told something while the end of its run is being written, before or after it is. */
async function toldMeanwhile(order: 'before' | 'after', plan: ChannelPlan): Promise<Started> {
  let tell = (): void => undefined;
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  let finishing = false;
  script.finish = async ({ view }) => {
    if (order === 'after') write(view);
    finishing = true;
    await told;
    if (order === 'before') write(view);
    return recorded;
  };
  const release = await startRelease(temporal, { channels: [plan] });
  await until('its end is being written', () => finishing);
  const before = script.of('project').length;
  await release.handle.signal('turnChanged');
  await until('the store is told something', () => script.of('project').length > before);
  tell();
  return release;
}

test.each(['before', 'after'] as const)(
  'what is written %s the end of a run does not take its place',
  async (order) => {
    const last = await (await toldMeanwhile(order, channelPlan('staging'))).result();
    expect(last.status).toBe('CONVERGED');
    expect({ ...stored, sequence: 0 }).toEqual({ ...last, sequence: 0 });
  },
);

test('what is written meanwhile does not hide that a run is tried again', async () => {
  script.await = () => {
    throw failure('JOB_FAILED', fine({ exitCode: 75 }));
  };
  const hour = 3_600_000;
  const plan = channelPlan('staging');
  const retry = { exitCodes: [75], baseMs: hour, maxMs: hour };
  const apply = { ...plan.apply, progressDeadlineMs: 24 * hour, retry };
  const release = await toldMeanwhile('before', { ...plan, apply });
  const isTold = (): boolean => stored?.channels[0]?.explanations[0]?.code === 'RETRYING';
  await until('the store says so', isTold);
  expect(stored?.channels[0]?.runs).toMatchObject([{ run: 1, code: 'JOB_FAILED' }]);
  await release.handle.terminate('done');
});
