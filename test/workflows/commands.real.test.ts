import { describe, expect, test } from '@jest/globals';
import type { CommandRequest } from '../../src/release/steps.js';
import type { ReleaseView } from '../../src/release/view.js';
import { commandMessage } from '../../src/release/commands.js';
import { requestMessage } from '../../src/release/request-message.js';
import { channelPlan, releasePlan } from '../fakes/plans.js';
import { until } from '../real/until.js';
import {
  channel,
  clientOf,
  commandTo,
  requestOf,
  startRelease,
  statuses,
  waitsForApproval,
  type Started,
  hasContinued,
} from './releases.js';
import type { Command, DecideAnswer } from '../../src/workflows/messages.js';
import { endless, endlessUntilGone, failure, fine, recorded } from './scripted.js';
import { script, temporal, useScript } from './scripting.js';

useScript();

async function command(request: CommandRequest): Promise<{ counted: boolean; why?: string } | undefined> {
  script.requests.set(request.id, request);
  return clientOf(temporal).ask(request);
}

const staging = [channelPlan('staging')];
const failing = (): never => {
  throw failure('JOB_FAILED', fine({ exitCode: 7 }));
};

describe('cancel', () => {
  test('at a gate ends the release at once: no Job, no turn', async () => {
    const release = await startRelease(temporal);
    await release.see('production waits for its approval', waitsForApproval);
    expect(await command(commandTo(release, 'cancel', { reason: 'wrong build' }))).toMatchObject({ counted: true });
    const last = await release.result();
    expect(statuses(last)).toEqual(['CANCELLED', 'CONVERGED', 'CANCELLED']);
    expect(channel(last, 'production')?.explanations).toMatchObject([
      { code: 'CANCELLED_BY_USER', message: 'the release was cancelled by bob: wrong build' },
    ]);
    expect(script.story().filter((line) => line.endsWith('production'))).toEqual([]);
  });

  test('while it queues gives the place back, and needs no worker of the cluster', async () => {
    script.begin = () => ({ outcome: 'queued', behind: 'my-app/x/1' });
    const release = await startRelease(temporal, { channels: staging });
    await release.see('it queues', ({ status }) => status === 'QUEUED');
    expect(await command(commandTo(release, 'cancel'))).toMatchObject({ counted: true });
    expect(statuses(await release.result())).toEqual(['CANCELLED', 'CANCELLED']);
    expect(script.story()).toEqual(['beginRun staging', 'closeRun staging', 'finishRun staging']);
    expect(script.of('finishRun')).toMatchObject([{ outcome: { code: 'CANCELLED_BY_USER' }, turn: 'free' }]);
  });

  test('while a Job is being created does not wait for the one who creates it', async () => {
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    script.begin = async (input) => {
      await held;
      return script.granted(input);
    };
    script.close = () => ({ run: 1 });
    script.end = () => ({ run: 1 });
    const release = await startRelease(temporal, { channels: staging });
    await until('it asks', () => script.of('beginRun').length === 1);
    expect(await command(commandTo(release, 'cancel'))).toMatchObject({ counted: true });
    expect(statuses(await release.result())).toEqual(['CANCELLED', 'CANCELLED']);
    go();
    expect(script.story()).toEqual(['beginRun staging', 'closeRun staging', 'endRun staging', 'finishRun staging']);
  });

  test('while a Job runs says CANCELLING until the Job is gone', async () => {
    const gone = endlessUntilGone(script);
    const release = await startRelease(temporal, { channels: staging });
    await until('the Job runs', () => script.of('awaitRun').length === 1);
    expect(await command(commandTo(release, 'cancel'))).toMatchObject({ counted: true });
    const under = await release.see('it is under way', (view) => explains(view, 'CANCELLING'));
    expect(statuses(under)).toEqual(['CONVERGING', 'CONVERGING']);
    expect(await command(commandTo(release, 'cancel'))).toMatchObject({
      counted: false,
      why: 'CANCELLING: the release is being cancelled already',
    });
    gone();
    const last = await release.result();
    expect(statuses(last)).toEqual(['CANCELLED', 'CANCELLED']);
    expect(script.story()).toEqual(['beginRun staging', 'awaitRun staging', 'endRun staging', 'finishRun staging']);
    const seen = { code: 'CANCELLED_BY_USER', end: fine({ exitCode: 143, tail: ['stopped'] }) };
    expect(script.of('finishRun')).toMatchObject([{ outcome: seen }]);
    expect(last.channels[0]?.runs).toMatchObject([seen]);
  });

  test('while the end is being collected counts as it ended', async () => {
    script.await = () => endless();
    script.end = () => ({ run: 1, ended: { code: 'SUCCEEDED', end: fine() } });
    const release = await startRelease(temporal);
    await until('the Job runs', () => script.of('awaitRun').length === 1);
    await command(commandTo(release, 'cancel'));
    expect(statuses(await release.result())).toEqual(['CANCELLED', 'CONVERGED', 'CANCELLED']);
    expect(script.of('finishRun')).toMatchObject([{ outcome: { code: 'SUCCEEDED' }, stable: {} }]);
  });

  test('that came while no worker was there is kept by Temporal as a signal', async () => {
    const release = await startRelease(temporal);
    await release.see('production waits for its approval', waitsForApproval);
    const request = commandTo(release, 'cancel');
    script.requests.set(request.id, request);
    const payload = { requestId: request.id, kind: 'cancel', by: 'bob' };
    for (const _ of [1, 2]) await clientOf(temporal).signal(release.handle.workflowId, 'command', payload);
    const last = await release.result();
    expect(last.status).toBe('CANCELLED');
    expect(last.decisions.filter(({ decision }) => decision === 'cancel')).toHaveLength(1);
  });

  test('that has arrived with the start lets no Job begin', async () => {
    const plan = { ...releasePlan(staging), service: 'cancelled-at-once' };
    const id = `${plan.application}/${plan.service}/1`;
    const request = { ...commandTo({ id, plan } as Started, 'cancel'), createdAt: '2026-01-01T00:00:00Z' };
    script.requests.set(request.id, request);
    const client = clientOf(temporal);
    await client.start({ id, number: 1, requestedBy: 'ann', rerun: false }, plan, requestMessage(request));
    const last = (await temporal.client.workflow.getHandle(`release/${id}`).result()) as ReleaseView;
    expect(statuses(last)).toEqual(['CANCELLED', 'CANCELLED']);
    expect(script.of('beginRun')).toEqual([]);
  });

  test('that nobody stored does not count, whoever sends it', async () => {
    const release = await startRelease(temporal);
    await release.see('production waits for its approval', waitsForApproval);
    const id = release.handle.workflowId;
    for (const payload of [{ kind: 'cancel', by: 'eve' }, { kind: 'cancel', by: 'eve', requestId: 'made-up' }, 'stop'])
      await clientOf(temporal).signal(id, 'command', payload);
    const view = await release.see('all three are recorded', ({ decisions }) => decisions.length === 3);
    expect(view.decisions.map(({ counted }) => counted)).toEqual([false, false, false]);
    expect(view.status).toBe('WAITING_MANUAL_APPROVAL');
    await release.handle.terminate('done');
  });
});

const explains = (view: ReleaseView, code: string): boolean =>
  view.channels.some(({ explanations }) => explanations.some((each) => each.code === code));

describe('retry', () => {
  const forAnHour = { retryForMs: 3_600_000 };

  test('runs what failed again under the next attempt, and the release goes on', async () => {
    script.await = failing;
    const release = await startRelease(temporal, forAnHour);
    const failed = await release.see('it failed', ({ endedAt }) => endedAt !== undefined);
    expect(failed.retryUntil).toBeDefined();
    script.await = () => fine();
    expect(await command(commandTo(release, 'retry'))).toMatchObject({ counted: true });
    await release.see('production waits for its approval', waitsForApproval);
    expect(script.of('beginRun').map(({ key }) => [key.channel, key.attempt, key.ordinal])).toEqual([
      ['staging', 1, 1],
      ['staging', 2, 1],
    ]);
    const approval = requestOf(release);
    script.requests.set(approval.id, approval);
    await clientOf(temporal).ask(approval);
    expect(statuses(await release.result())).toEqual(['CONVERGED', 'CONVERGED', 'CONVERGED']);
  });

  test('is refused when a newer release has taken the channel', async () => {
    script.await = failing;
    const release = await startRelease(temporal, { channels: staging, ...forAnHour });
    await release.see('it failed', ({ endedAt }) => endedAt !== undefined);
    script.reenter = () => ({ replaced: { staging: 'my-app/x/9' } });
    expect(await command(commandTo(release, 'retry', { channel: 'staging' }))).toMatchObject({
      counted: false,
      why: 'SUPERSEDED: the newer release my-app/x/9 has taken channel "staging"',
    });
    expect(await command(commandTo(release, 'cancel'))).toMatchObject({ counted: true });
    expect(statuses(await release.result())).toEqual(['FAILED', 'FAILED']);
  });

  /** The end is in the store, and the release has not heard of it. */
  async function failedInTheStore(channels = staging): Promise<{ release: Started; goOn: () => void }> {
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    script.await = failing;
    script.finish = async () => {
      await held;
      return recorded;
    };
    const release = await startRelease(temporal, { channels, ...forAnHour });
    await until('its end is written', () => script.of('finishRun').length === 1);
    script.await = () => fine();
    return { release, goOn };
  }

  const early = [
    ['of the release', {}],
    ['of the channel', { channel: 'staging' }],
  ] as const;

  test.each(early)('%s that was seen to fail counts, though the release does not know of it yet', async (_, of) => {
    const { release, goOn } = await failedInTheStore();
    const request = commandTo(release, 'retry', of);
    script.requests.set(request.id, request);
    const asked = await release.handle.startUpdate<DecideAnswer, [Command]>('command', {
      args: [commandMessage(request)],
      updateId: request.id,
      waitForStage: 'ACCEPTED',
    });
    goOn();
    expect(await asked.result()).toMatchObject({ counted: true });
    expect(statuses(await release.result())).toEqual(['CONVERGED', 'CONVERGED']);
  });

  test('that comes as a signal while the failure is being recorded counts once', async () => {
    const { release, goOn } = await failedInTheStore();
    const request = commandTo(release, 'retry');
    script.requests.set(request.id, request);
    for (const _ of [1, 2])
      await clientOf(temporal).signal(release.handle.workflowId, 'command', commandMessage(request));
    // Answered after all that came before.
    await release.see('it has heard the signals', ({ status }) => status === 'CONVERGING');
    goOn();
    const judged = await release.see('it is judged', ({ decisions }) => decisions.length > 0);
    expect(judged.decisions).toMatchObject([{ decision: 'retry', counted: true }]);
    const last = await release.result();
    expect(statuses(last)).toEqual(['CONVERGED', 'CONVERGED']);
    expect(last.decisions).toHaveLength(1);
  });

  test('of another channel than the one whose failure is being recorded is judged at once', async () => {
    const { release, goOn } = await failedInTheStore();
    expect(await command(commandTo(release, 'retry', { channel: 'production' }))).toMatchObject({ counted: false });
    goOn();
    await release.see('it failed', ({ endedAt }) => endedAt !== undefined);
    await command(commandTo(release, 'cancel'));
  });

  test('is possible until its time is over', async () => {
    script.await = failing;
    const release = await startRelease(temporal, { channels: staging, retryForMs: 1 });
    expect(statuses(await release.result())).toEqual(['FAILED', 'FAILED']);
  });
});

describe('a long history', () => {
  const runsOf = async (id: string): Promise<number> => {
    let count = 0;
    for await (const _ of temporal.client.workflow.list({ query: `WorkflowId = '${id}'` })) count += 1;
    return count;
  };

  test('is left behind at a gate: the release goes on under its id with all that it knows', async () => {
    const release = await startRelease(temporal, { continueAfter: 18 });
    await release.see('production waits for its approval', waitsForApproval);
    await until('it has continued as new', () => hasContinued(release));
    const approval = requestOf(release);
    script.requests.set(approval.id, approval);
    await until('the approval counts', async () => (await clientOf(temporal).ask(approval))?.counted);
    const last = await release.result();
    expect(statuses(last)).toEqual(['CONVERGED', 'CONVERGED', 'CONVERGED']);
    expect(last.channels[0]?.runs).toHaveLength(1);
    expect(await runsOf(release.handle.workflowId)).toBeGreaterThan(1);
  });
});
