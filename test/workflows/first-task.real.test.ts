import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { carry } from '../../src/release/carry.js';
import { mainQueue, releaseWorkflowId } from '../../src/release/ids.js';
import { createState, type ChannelState } from '../../src/release/state.js';
import type { ReleaseView } from '../../src/release/view.js';
import type { ReleaseInput } from '../../src/workflows/messages.js';
import { channelPlan, releasePlan } from '../fakes/plans.js';
import { openTemporal, type RealTemporal } from '../real/temporal.js';
import { clientOf, startRelease, statuses } from './releases.js';
import { Script, workByScript } from './scripted.js';

/** What arrives before a worker takes the first task of a release, which then hears all of it at once. */
let temporal: RealTemporal;
let script: Script;
beforeEach(async () => {
  temporal = await openTemporal();
  script = new Script();
});
afterEach(() => temporal?.close());

const work = () => workByScript(temporal, () => script);

test('signals are heard in the order in which they were sent', async () => {
  const release = await startRelease(temporal);
  const client = clientOf(temporal);
  const { workflowId } = release.handle;
  await client.signal(workflowId, 'command', { kind: 'cancel', by: 'eve' });
  await client.signal(workflowId, 'manualApproval', { channel: 'nowhere', decision: 'approve', by: 'eve' });
  await client.signal(workflowId, 'command', { kind: 'retry', by: 'eve' });
  await work();
  const { decisions } = await release.see('all are recorded', (view) => view.decisions.length === 3);
  expect(decisions.map(({ decision }) => decision)).toEqual(['cancel', 'approve', 'retry']);
  await release.handle.terminate('done');
});

const again: ChannelState['again'] = {
  ordinal: 2,
  tried: 1,
  brokenOff: 0,
  at: '2100-01-01T00:00:00Z',
  why: { code: 'APPLY_FAILED', subject: 'run 1', message: 'the program ended with exit code 75' },
};

test.each<[string, Partial<ChannelState>, number]>([
  ['pauses between two runs', { phase: 'retrying', again }, 2],
  [
    'waits for a slot to run again',
    { phase: 'queued', again, slots: { runtime: 'vm', max: 1, before: 0, holders: [] } },
    2,
  ],
  ['queues behind another release', { phase: 'queued', behind: 'my-app/x/1' }, 1],
])(
  'a cancel in Temporal frees what a channel held that %s when its release continued as new',
  async (_, had, ordinal) => {
    const plan = releasePlan([channelPlan('staging')]);
    const state = createState(plan, { number: 1, requestedBy: 'ann', startedAt: '2026-01-01T00:00:00Z' });
    const carried = carry({ ...state, channels: state.channels.map((channel) => ({ ...channel, ...had })) });
    const settings = { trustRawSignals: true, startTimeoutMs: 60_000, retryForMs: 0 };
    const input: ReleaseInput = { plan, number: 1, requestedBy: 'ann', rerun: false, settings, carried };
    const handle = await temporal.client.workflow.start('release', {
      workflowId: releaseWorkflowId(state.id),
      taskQueue: mainQueue,
      args: [input],
    });
    await handle.cancel();
    await work();
    expect(statuses((await handle.result()) as ReleaseView)).toEqual(['CANCELLED', 'CANCELLED']);
    expect(script.of('closeRun').map(({ key }) => key.ordinal)).toEqual([ordinal]);
    expect(script.of('finishRun')).toMatchObject([{ key: { ordinal }, turn: 'free' }]);
  },
);
