import { describe, expect, test } from '@jest/globals';
import type { BeginRunAnswer } from '../../src/release/steps.js';
import { channelPlan } from '../fakes/plans.js';
import { until } from '../real/until.js';
import { channel, clientOf, requestOf, startRelease, statuses, waitsForApproval, type Started } from './releases.js';
import { endless, endlessUntilGone, failure, fine } from './scripted.js';
import { script, temporal, useScript } from './scripting.js';

useScript();

async function approve(release: Started): Promise<void> {
  const request = requestOf(release);
  script.requests.set(request.id, request);
  expect(await clientOf(temporal).ask(request)).toMatchObject({ counted: true });
}

test('staging, then production after an approval, then converged', async () => {
  const release = await startRelease(temporal);
  const waiting = await release.see('production waits for its approval', waitsForApproval);
  expect(statuses(waiting)).toEqual(['WAITING_MANUAL_APPROVAL', 'CONVERGED', 'WAITING_MANUAL_APPROVAL']);
  expect(channel(waiting, 'production')?.explanations).toMatchObject([{ code: 'MANUAL_APPROVAL_PENDING' }]);
  await approve(release);
  const last = await release.result();
  expect(statuses(last)).toEqual(['CONVERGED', 'CONVERGED', 'CONVERGED']);
  expect(script.story()).toEqual(
    ['staging', 'production'].flatMap((name) => [`beginRun ${name}`, `awaitRun ${name}`, `finishRun ${name}`]),
  );
  expect(script.of('finishRun')).toMatchObject([
    { outcome: { code: 'SUCCEEDED' }, turn: 'free', stable: { digest: release.plan.digest } },
    { outcome: { code: 'SUCCEEDED' }, turn: 'free' },
  ]);
  expect(script.of('finishRun').at(-1)?.view).toMatchObject({ status: 'CONVERGED', endedAt: expect.any(String) });
});

test('a release of two channels keeps its history short', async () => {
  const release = await startRelease(temporal);
  await release.see('production waits for its approval', waitsForApproval);
  await approve(release);
  await release.result();
  const { historyLength } = await release.handle.describe();
  expect(historyLength).toBeLessThan(60 + 2 * 30);
});

test('a failing staging never touches production', async () => {
  script.await = () => {
    throw failure(
      'JOB_FAILED',
      fine({ exitCode: 7, tail: ['no space left'], condition: 'Failed: BackoffLimitExceeded' }),
    );
  };
  const last = await (await startRelease(temporal)).result();
  expect(statuses(last)).toEqual(['FAILED', 'FAILED', 'SKIPPED']);
  expect(channel(last, 'staging')?.explanations).toMatchObject([
    { code: 'APPLY_FAILED', exitCode: 7, tail: ['no space left'], condition: 'Failed: BackoffLimitExceeded' },
  ]);
  expect(script.of('beginRun').map(({ key }) => key.channel)).toEqual(['staging']);
  expect(script.of('finishRun')).toMatchObject([{ outcome: { code: 'JOB_FAILED' }, turn: 'free' }]);
});

test('a rejection ends production, and says who and why', async () => {
  const release = await startRelease(temporal);
  await release.see('production waits for its approval', waitsForApproval);
  const request = requestOf(release, { decision: 'reject', reason: 'dashboards are red' });
  script.requests.set(request.id, request);
  expect(await clientOf(temporal).ask(request)).toMatchObject({ counted: true, view: { status: 'REJECTED' } });
  const last = await release.result();
  expect(statuses(last)).toEqual(['REJECTED', 'CONVERGED', 'REJECTED']);
  expect(channel(last, 'production')?.explanations).toMatchObject([
    { code: 'MANUAL_APPROVAL_REJECTED', message: 'bob rejected gate "approval": dashboards are red' },
  ]);
});

describe('a run that cannot go on', () => {
  test.each([['NAMESPACE_MISSING'], ['JOB_CONFLICT'], ['SPEC_REFUSED']] as const)(
    'that could not begin (%s) is closed and recorded before the channel fails',
    async (code) => {
      script.begin = () => {
        throw failure(code);
      };
      const last = await (await startRelease(temporal, { channels: [channelPlan('staging')] })).result();
      expect(script.story()).toEqual(['beginRun staging', 'endRun staging', 'finishRun staging']);
      expect(script.of('finishRun')).toMatchObject([{ outcome: { code }, turn: 'free' }]);
      expect(channel(last, 'staging')).toMatchObject({ status: 'FAILED', explanations: [{ code }] });
    },
  );

  test('past its deadline is told with what it still logged and reported while it was ended', async () => {
    script.await = () => {
      throw failure('JOB_TIMED_OUT', fine({ tail: ['still busy'], warnings: ['one'] }));
    };
    const result = { message: 'half done' };
    script.end = () => ({ run: 1, end: fine({ exitCode: 143, tail: ['stopped'], warnings: ['one', 'two'], result }) });
    const last = await (await startRelease(temporal, { channels: [channelPlan('staging')] })).result();
    const end = fine({ tail: ['stopped'], warnings: ['one', 'two'], result });
    expect(channel(last, 'staging')?.runs).toMatchObject([{ code: 'JOB_TIMED_OUT', end }]);
  });

  test('past its deadline keeps what it had reported, whatever is seen when it is ended', async () => {
    const result = { message: 'half done' };
    script.await = () => {
      throw failure('JOB_TIMED_OUT', fine({ result }));
    };
    script.end = () => ({ run: 1, end: fine({ tail: ['stopped'] }) });
    const last = await (await startRelease(temporal, { channels: [channelPlan('staging')] })).result();
    expect(channel(last, 'staging')?.runs).toMatchObject([{ end: fine({ tail: ['stopped'], result }) }]);
  });

  test('past its deadline is ended first; the deadline stays the cause', async () => {
    script.await = () => {
      throw failure('JOB_TIMED_OUT', fine({ tail: ['still busy'] }));
    };
    script.end = () => ({ run: 1, ended: { code: 'JOB_FAILED', end: fine({ exitCode: 137 }) } });
    const last = await (await startRelease(temporal, { channels: [channelPlan('staging')] })).result();
    expect(script.story()).toEqual(['beginRun staging', 'awaitRun staging', 'endRun staging', 'finishRun staging']);
    expect(channel(last, 'staging')).toMatchObject({ status: 'FAILED', explanations: [{ code: 'JOB_TIMED_OUT' }] });
  });

  test('a key that was closed before its Job was created is a lost run', async () => {
    script.begin = () => ({ outcome: 'closed' });
    const last = await (await startRelease(temporal, { channels: [channelPlan('staging')] })).result();
    expect(channel(last, 'staging')).toMatchObject({ status: 'FAILED', explanations: [{ code: 'JOB_LOST' }] });
  });
});

describe('turns', () => {
  test('a queued channel says behind whom, asks again when told, and goes on', async () => {
    let free = false;
    script.begin = (input) => (free ? script.granted(input) : { outcome: 'queued', behind: 'my-app/x/1' });
    const release = await startRelease(temporal, { channels: [channelPlan('staging')] });
    const queued = await release.see('it queues', ({ status }) => status === 'QUEUED');
    expect(channel(queued, 'staging')?.explanations).toMatchObject([{ code: 'QUEUED_BEHIND', subject: 'my-app/x/1' }]);
    free = true;
    await clientOf(temporal).signal(release.handle.workflowId, 'turnChanged', null);
    expect((await release.result()).status).toBe('CONVERGED');
    const keys = script.of('beginRun').map(({ key }) => JSON.stringify(key));
    expect(new Set(keys).size).toBe(1);
  });

  test('a queued channel asks again by itself: a turnChanged that was lost delays it, and no more', async () => {
    script.begin = (input) =>
      script.of('beginRun').length > 2 ? script.granted(input) : { outcome: 'queued', behind: 'my-app/x/1' };
    const release = await startRelease(temporal, { channels: [channelPlan('staging')], askAgainMs: 50 });
    expect((await release.result()).status).toBe('CONVERGED');
    expect(script.of('beginRun').length).toBe(3);
  });

  test('a channel that waits for a slot asks as soon as one that has just begun to wait', async () => {
    const slots = { runtime: 'vm', max: 1, before: 0, holders: [] };
    const answers: BeginRunAnswer[] = [
      { outcome: 'queued', behind: 'my-app/x/1' },
      { outcome: 'queued', behind: 'my-app/x/1' },
      { outcome: 'queued', slots },
    ];
    script.begin = (input) => answers.shift() ?? script.granted(input);
    const release = await startRelease(temporal, { channels: [channelPlan('staging')], askAgainMs: 50 });
    expect((await release.result()).status).toBe('CONVERGED');
    const { events } = await release.handle.fetchHistory();
    const pauses = (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) =>
      timer ? [Number(timer.startToFireTimeout?.nanos) / 1e6] : [],
    );
    expect(pauses).toEqual([50, 100, 50]);
  });

  test('a queued channel that is told again and again asks by itself no later than before', async () => {
    const told = 4;
    script.begin = (input) =>
      script.of('beginRun').length > told ? script.granted(input) : { outcome: 'queued', behind: 'my-app/x/1' };
    const release = await startRelease(temporal, { channels: [channelPlan('staging')] });
    const pauses = async (): Promise<number[]> => {
      const { events } = await release.handle.fetchHistory();
      const timers = (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) => (timer ? [timer] : []));
      return timers.map(({ startToFireTimeout }) => Number(startToFireTimeout?.seconds));
    };
    for (let nth = 1; nth <= told; nth++) {
      await until('it waits', async () => (await pauses()).length === nth);
      await clientOf(temporal).signal(release.handle.workflowId, 'turnChanged', null);
    }
    expect((await release.result()).status).toBe('CONVERGED');
    expect(await pauses()).toEqual([60, 60, 60, 60]);
  });

  test('a channel that asks and was replaced runs nothing', async () => {
    script.begin = () => ({ outcome: 'replaced', by: 'my-app/x/2' });
    const last = await (await startRelease(temporal, { channels: [channelPlan('staging')] })).result();
    expect(channel(last, 'staging')).toMatchObject({ status: 'REPLACED', explanations: [{ code: 'SUPERSEDED' }] });
    expect(script.story()).toEqual(['beginRun staging']);
  });

  test('a channel that was replaced while it asked stays so, whatever the answer', async () => {
    let replaced = (): void => undefined;
    const seen = new Promise<void>((resolve) => {
      replaced = resolve;
    });
    script.begin = async () => {
      if (script.of('beginRun').length === 1) return { outcome: 'queued', behind: 'my-app/x/1' };
      await seen;
      return { outcome: 'converged', since: '2026-01-01T00:00:00Z' };
    };
    const release = await startRelease(temporal, { channels: [channelPlan('staging')] });
    await release.see('it queues', ({ status }) => status === 'QUEUED');
    script.project = () => ({ standings: { staging: { standing: 'replaced', by: 'my-app/x/2' } }, stable: [] });
    await clientOf(temporal).signal(release.handle.workflowId, 'turnChanged', null);
    await release.see('it is replaced', (view) => channel(view, 'staging')?.status === 'REPLACED');
    replaced();
    expect(channel(await release.result(), 'staging')).toMatchObject({ status: 'REPLACED', runs: [] });
  });

  test('a release that was reset goes on from what the store has', async () => {
    const stored = 100;
    const kept = script.project;
    script.project = (input) =>
      input.view.sequence <= stored ? { standings: {}, stable: [], newer: stored } : kept(input);
    const release = await startRelease(temporal);
    await release.see('production waits for its approval', waitsForApproval);
    await until('the store takes a view', () => script.of('project').some(({ view }) => view.sequence > stored));
    expect(script.of('project').filter(({ view }) => view.sequence <= stored).length).toBeLessThan(5);
    await release.handle.terminate('done');
  });

  test('a channel that waits at its gate learns that a newer release entered, and refuses decisions', async () => {
    const release = await startRelease(temporal);
    await release.see('production waits for its approval', waitsForApproval);
    const kept = script.project;
    script.project = (input) => ({
      ...kept(input),
      standings: { production: { standing: 'replaced', by: 'my-app/x/2' } },
    });
    await clientOf(temporal).signal(release.handle.workflowId, 'turnChanged', null);
    const last = await release.result();
    expect(channel(last, 'production')).toMatchObject({
      status: 'REPLACED',
      explanations: [{ code: 'SUPERSEDED', message: 'the newer release my-app/x/2 has taken the channel' }],
    });
  });

  test('stable already at this content needs no Job', async () => {
    script.begin = () => ({ outcome: 'converged', since: '2026-01-01T00:00:00Z' });
    const last = await (await startRelease(temporal, { channels: [channelPlan('staging')] })).result();
    expect(channel(last, 'staging')).toMatchObject({
      status: 'CONVERGED',
      runs: [],
      stableSince: '2026-01-01T00:00:00Z',
    });
  });

  test('a channel that another release makes stable opens the gate', async () => {
    const kept = script.project;
    let stable = false;
    script.project = (input) => ({
      ...kept(input),
      stable: stable ? [{ channel: 'canary', by: 'my-app/x/1' }] : [],
    });
    const release = await startRelease(temporal, {
      channels: [channelPlan('production', [{ kind: 'stable', channel: 'canary' }])],
    });
    await until('it watches', () => script.of('project').some(({ watched }) => watched.includes('canary')));
    stable = true;
    await clientOf(temporal).signal(release.handle.workflowId, 'turnChanged', null);
    const last = await release.result();
    expect(channel(last, 'production')?.gates).toMatchObject([{ state: 'passed', by: 'my-app/x/1' }]);
  });
});

test('a cancelled workflow ends its Job, records it, and ends CANCELLED', async () => {
  let running = false;
  script.await = () => {
    running = true;
    return endless();
  };
  script.end = () => ({ run: 1 });
  const release = await startRelease(temporal, { channels: [channelPlan('staging')] });
  await until('the Job runs', () => running);
  await release.handle.cancel();
  const last = await release.result();
  expect(statuses(last)).toEqual(['CANCELLED', 'CANCELLED']);
  expect(script.of('finishRun')).toMatchObject([{ outcome: { code: 'CANCELLED_BY_USER' }, turn: 'free' }]);
});

test('a command that comes while a cancelled workflow ends its Job is recorded, and the Job is ended', async () => {
  const gone = endlessUntilGone(script);
  const release = await startRelease(temporal, { channels: [channelPlan('staging')] });
  await until('the Job runs', () => script.of('awaitRun').length === 1);
  await release.handle.cancel();
  await until('it is being ended', () => script.of('endRun').length === 1);
  await clientOf(temporal).signal(release.handle.workflowId, 'command', { kind: 'cancel', by: 'eve' });
  await release.see('it was heard', ({ decisions }) => decisions.some(({ by }) => by === 'eve'));
  gone();
  expect(statuses(await release.result())).toEqual(['CANCELLED', 'CANCELLED']);
  expect(script.of('finishRun')).toMatchObject([{ outcome: { code: 'CANCELLED_BY_USER' }, turn: 'free' }]);
});

test('a decision whose request is being read when its workflow is cancelled is judged', async () => {
  const release = await startRelease(temporal);
  await release.see('production waits for its approval', waitsForApproval);
  let goOn = (): void => undefined;
  script.store = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const request = requestOf(release);
  script.requests.set(request.id, request);
  const asked = clientOf(temporal).ask(request);
  await until('it is being read', () => script.of('readRequest').length === 1);
  await release.handle.cancel();
  await release.see('it is cancelled', ({ status }) => status === 'CANCELLED');
  goOn();
  expect(await asked).toMatchObject({ counted: false, why: expect.stringMatching(/^CANCELLING: /) as unknown });
  expect(statuses(await release.result())).toEqual(['CANCELLED', 'CONVERGED', 'CANCELLED']);
});
