import { describe, expect, test } from '@jest/globals';
import type { ApplyPlan } from '../../src/release/plan.js';
import type { CommandKind } from '../../src/release/view.js';
import { channelPlan } from '../fakes/plans.js';
import { until } from '../real/until.js';
import { startBesideARun } from './beside-a-run.js';
import { channel, clientOf, commandTo, hasContinued, startRelease, statuses, type Started } from './releases.js';
import { failure, fine } from './scripted.js';
import { script, temporal, useScript } from './scripting.js';

useScript();

const retry = { exitCodes: [75], baseMs: 10, maxMs: 20 };
const hour = 3_600_000;

function start(policy: Partial<ApplyPlan>, options: { continueAfter?: number } = {}): Promise<Started> {
  const plan = channelPlan('staging');
  const apply = { ...plan.apply, progressDeadlineMs: 24 * hour, ...policy };
  return startRelease(temporal, { channels: [{ ...plan, apply }], ...options });
}

async function send(release: Started, kind: CommandKind): Promise<void> {
  const request = commandTo(release, kind);
  script.requests.set(request.id, request);
  await until('it counts', async () => (await clientOf(temporal).ask(request))?.counted);
}

const busy = (): never => {
  throw failure('JOB_FAILED', fine({ exitCode: 75 }));
};
const isRetrying = ({ channels: [first] }: { channels: { explanations: { code: string }[] }[] }): boolean =>
  first?.explanations[0]?.code === 'RETRYING';

describe('a run that is tried again', () => {
  test('is another run of the same try: the turn is kept until the last one, and then freed', async () => {
    const ends = [busy, busy];
    script.await = () => ends.shift()?.() ?? fine();
    const release = await start({ retry });
    expect(statuses(await release.result())).toEqual(['CONVERGED', 'CONVERGED']);
    expect(script.of('beginRun').map(({ key: { attempt, ordinal } }) => [attempt, ordinal])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
    ]);
    expect(script.of('beginRun').map(({ startBy }) => typeof startBy)).toEqual(['undefined', 'string', 'string']);
    expect(script.of('finishRun').map(({ turn, outcome, key }) => [key?.ordinal, outcome?.code, turn])).toEqual([
      [1, 'JOB_FAILED', 'keep'],
      [2, 'JOB_FAILED', 'keep'],
      [3, 'SUCCEEDED', 'free'],
    ]);
  });

  test('frees the turn when no attempt is left', async () => {
    script.await = busy;
    const last = await (await start({ retry: { ...retry, attempts: 2 } })).result();
    expect(channel(last, 'staging')).toMatchObject({ status: 'FAILED', explanations: [{ code: 'APPLY_FAILED' }] });
    expect(script.of('finishRun').map(({ turn }) => turn)).toEqual(['keep', 'free']);
  });

  test('that waits for a slot has as much time left afterwards', async () => {
    const slots = { runtime: 'vm', max: 1, before: 0, holders: [] };
    const ends = [busy];
    script.await = () => ends.shift()?.() ?? fine();
    const granted = script.begin;
    script.begin = (input) => (script.of('beginRun').length === 2 ? { outcome: 'queued', slots } : granted(input));
    const release = await start({ retry });
    await release.see('it waits for a slot', ({ status }) => status === 'BLOCKED');
    await clientOf(temporal).signal(release.handle.workflowId, 'turnChanged', null);
    expect(statuses(await release.result())).toEqual(['CONVERGED', 'CONVERGED']);
    const [, before, after] = script.of('beginRun');
    expect([typeof before?.startBy, before?.startWithinMs]).toEqual(['string', undefined]);
    expect([after?.startBy, typeof after?.startWithinMs]).toEqual([undefined, 'number']);
  });

  test('that cannot start before its progress deadline is not: the channel fails with what the last one said', async () => {
    script.await = busy;
    const granted = script.begin;
    script.begin = (input) => {
      if (input.key.ordinal > 1) throw failure('PROGRESS_DEADLINE_EXCEEDED');
      return granted(input);
    };
    const last = await (await start({ retry })).result();
    expect(channel(last, 'staging')).toMatchObject({
      status: 'FAILED',
      explanations: [{ code: 'PROGRESS_DEADLINE_EXCEEDED', exitCode: 75 }],
    });
    expect(script.story().slice(-2)).toEqual(['endRun staging', 'finishRun staging']);
  });

  test('is cancelled in its pause: the run to come is closed, and the turn freed', async () => {
    script.await = busy;
    const release = await start({ retry: { ...retry, baseMs: hour, maxMs: hour } });
    await release.see('it waits', isRetrying);
    await send(release, 'cancel');
    expect(statuses(await release.result())).toEqual(['CANCELLED', 'CANCELLED']);
    expect(script.of('closeRun').map(({ key }) => key.ordinal)).toEqual([2]);
    expect(script.of('finishRun').at(-1)).toMatchObject({
      key: { ordinal: 2 },
      outcome: { code: 'CANCELLED_BY_USER' },
      turn: 'free',
    });
  });

  test('goes on with its count after the history began anew in a pause', async () => {
    const ends = [busy, busy, busy];
    script.await = () => ends.shift()?.() ?? fine();
    const release = await start({ retry: { ...retry, baseMs: 300, maxMs: 300, attempts: 4 } }, { continueAfter: 12 });
    expect(statuses(await release.result())).toEqual(['CONVERGED', 'CONVERGED']);
    expect(await hasContinued(release)).toBe(true);
    expect(script.of('beginRun').map(({ key }) => key.ordinal)).toEqual([1, 2, 3, 4]);
  });

  test('rests when the history has grown too long beside another channel that runs', async () => {
    const { release, end } = await startBesideARun({ temporal, script }, { pauseMs: 300, continueAfter: 3 });
    await until('its pause is over', async () => {
      const { events } = await release.handle.fetchHistory();
      return events?.some(({ timerFiredEventAttributes }) => timerFiredEventAttributes);
    }).finally(end);
    expect(statuses(await release.result())).toEqual(['CONVERGED', 'CONVERGED', 'CONVERGED']);
    const story = script.story();
    expect(story.indexOf('finishRun other')).toBeLessThan(story.lastIndexOf('beginRun staging'));
  });
});

test.each(['DISRUPTED', 'JOB_LOST'] as const)(
  '%s of a program that may start twice: what is left is ended, then another run begins',
  async (code) => {
    const ends = [
      (): never => {
        throw failure(code);
      },
    ];
    script.await = () => ends.shift()?.() ?? fine();
    const release = await start({ idempotent: true });
    expect(statuses(await release.result())).toEqual(['CONVERGED', 'CONVERGED']);
    expect(script.story()).toEqual([
      'beginRun staging',
      'awaitRun staging',
      'endRun staging',
      'finishRun staging',
      'beginRun staging',
      'awaitRun staging',
      'finishRun staging',
    ]);
  },
);

test('a release without a slot is BLOCKED and asks again when it is told', async () => {
  const holders = [{ release: 'a/s/1', channel: 'production', since: '2026-01-01T00:00:00Z' }];
  const answers = [{ outcome: 'queued' as const, slots: { runtime: 'vm', max: 1, before: 0, holders } }];
  script.begin = (input) => answers.shift() ?? script.granted(input);
  const release = await start({ maxConcurrency: 1 });
  const blocked = await release.see('it is blocked', ({ status }) => status === 'BLOCKED');
  expect(channel(blocked, 'staging')?.explanations).toMatchObject([{ code: 'CONCURRENCY_LIMIT_EXCEEDED' }]);
  await release.handle.signal('turnChanged');
  expect(statuses(await release.result())).toEqual(['CONVERGED', 'CONVERGED']);
  expect(script.of('beginRun').map(({ maxConcurrency }) => maxConcurrency)).toEqual([1, 1]);
});
