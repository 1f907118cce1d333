import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { channelPlan } from '../fakes/plans.js';
import type { ReleaseView } from '../../src/release/view.js';
import { openTemporal, type RealTemporal } from '../real/temporal.js';
import { until } from '../real/until.js';
import { startRelease } from './releases.js';
import { failure, fine, recorded, Script, workByScript } from './scripted.js';

let temporal: RealTemporal;
let script: Script;
/** As the store keeps it: a view is written only over an older one. */
let stored: ReleaseView | undefined;
const write = (view: ReleaseView): void => {
  if (!stored || stored.sequence < view.sequence) stored = view;
};
beforeAll(async () => {
  temporal = await openTemporal();
  await workByScript(temporal, () => script);
});
beforeEach(() => {
  stored = undefined;
  script = new Script();
  const { project } = script;
  script.project = (input) => {
    write(input.view);
    return project(input);
  };
  script.finish = ({ view }) => {
    write(view);
    return recorded;
  };
});
afterAll(() => temporal?.close());

/** Of a release whose store is told something while the end of its run is being written. */
async function toldMeanwhile(order: 'before' | 'after'): Promise<ReleaseView> {
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
  const release = await startRelease(temporal, { channels: [channelPlan('staging')] });
  await until('its end is being written', () => finishing);
  const before = script.of('project').length;
  await release.handle.signal('turnChanged');
  await until('the store is told something', () => script.of('project').length > before);
  tell();
  return release.result();
}

test.each(['before', 'after'] as const)(
  'what is written %s the end of a run does not take its place',
  async (order) => {
    const last = await toldMeanwhile(order);
    expect(last.status).toBe('CONVERGED');
    expect({ ...stored, sequence: 0 }).toEqual({ ...last, sequence: 0 });
  },
);

test('what is written meanwhile does not hide that a run is tried again', async () => {
  let tell = (): void => undefined;
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  script.await = () => {
    throw failure('JOB_FAILED', fine({ exitCode: 75 }));
  };
  let finishing = false;
  script.finish = async ({ view }) => {
    finishing = true;
    await told;
    write(view);
    return recorded;
  };
  const hour = 3_600_000;
  const plan = channelPlan('staging');
  const retry = { exitCodes: [75], baseMs: hour, maxMs: hour };
  const apply = { ...plan.apply, progressDeadlineMs: 24 * hour, retry };
  const release = await startRelease(temporal, { channels: [{ ...plan, apply }] });
  await until('its end is being written', () => finishing);
  const before = script.of('project').length;
  await release.handle.signal('turnChanged');
  await until('the store is told something', () => script.of('project').length > before);
  tell();
  const isTold = (): boolean => stored?.channels[0]?.explanations[0]?.code === 'RETRYING';
  await until('the store says so', isTold);
  expect(stored?.channels[0]?.runs).toMatchObject([{ run: 1, code: 'JOB_FAILED' }]);
  await release.handle.terminate('done');
});
