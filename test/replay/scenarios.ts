import type { CommandRequest, StoredRequest } from '../../src/release/steps.js';
import { commandMessage } from '../../src/release/commands.js';
import type { ReleaseView } from '../../src/release/view.js';
import type { Command, DecideAnswer } from '../../src/workflows/messages.js';
import { channelPlan } from '../fakes/plans.js';
import type { RealTemporal } from '../real/temporal.js';
import { until } from '../real/until.js';
import { startBesideARun } from '../workflows/beside-a-run.js';
import {
  clientOf,
  commandTo,
  hasContinued,
  requestOf,
  startRelease,
  waitsForApproval,
  type Started,
} from '../workflows/releases.js';
import { endless, failure, fine, recorded, type Script } from '../workflows/scripted.js';

/** What a scenario plays on. */
export interface Stage {
  temporal: RealTemporal;
  script: Script;
}

interface Scenario {
  name: string;
  /** Leads a release to its end, and answers it. */
  play: (stage: Stage) => Promise<Started>;
  /** The status that it ends with. */
  ends: ReleaseView['status'];
}

const staging = [channelPlan('staging')];
const ended = ({ endedAt }: ReleaseView): boolean => endedAt !== undefined;

async function send({ temporal, script }: Stage, request: StoredRequest): Promise<void> {
  script.requests.set(request.id, request);
  await until('it counts', async () => (await clientOf(temporal).ask(request))?.counted);
}

const approve = (stage: Stage, release: Started): Promise<void> => send(stage, requestOf(release));
const cancel = (stage: Stage, release: Started, more: Partial<CommandRequest> = {}): Promise<void> =>
  send(stage, commandTo(release, 'cancel', more));

async function atTheGate(stage: Stage, options: Parameters<typeof startRelease>[1] = {}): Promise<Started> {
  const release = await startRelease(stage.temporal, options);
  await release.see('production waits for its approval', waitsForApproval);
  return release;
}

const fails = (): never => {
  throw failure('JOB_FAILED', fine({ exitCode: 7, tail: ['no space left'] }));
};

/** Every way that a release can go. Their histories are recorded per version, and replayed by every later one. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'converged',
    ends: 'CONVERGED',
    async play(stage) {
      const release = await atTheGate(stage);
      await approve(stage, release);
      return release;
    },
  },
  {
    name: 'converged by raw signals, with noise among them',
    ends: 'CONVERGED',
    async play(stage) {
      const release = await atTheGate(stage);
      const signal = (name: Parameters<ReturnType<typeof clientOf>['signal']>[1], payload: never): Promise<unknown> =>
        clientOf(stage.temporal).signal(release.handle.workflowId, name, payload);
      await signal('manualApproval', 'nonsense' as never);
      await release.handle.signal('releaseChannelStable', { channel: 'nowhere', version: 'v4' });
      await release.handle.signal('unheard-of');
      await signal('manualApproval', { channel: 'production', decision: 'approve', by: 'robot' } as never);
      return release;
    },
  },
  {
    name: 'rejected',
    ends: 'REJECTED',
    async play(stage) {
      const release = await atTheGate(stage);
      await send(stage, requestOf(release, { decision: 'reject', reason: 'dashboards are red' }));
      return release;
    },
  },
  {
    name: 'failed',
    ends: 'FAILED',
    async play({ temporal, script }) {
      script.await = fails;
      return startRelease(temporal);
    },
  },
  {
    name: 'tried again by its policy, once after a lost node, and cancelled',
    ends: 'CANCELLED',
    async play(stage) {
      const [plan = channelPlan('staging')] = staging;
      const retry = { exitCodes: [7], baseMs: 50, maxMs: 3_600_000 };
      const apply = { ...plan.apply, retry, idempotent: true, progressDeadlineMs: 864_000_000 } as const;
      const ends = [
        fails,
        (): never => {
          throw failure('DISRUPTED', fine());
        },
        fails,
      ];
      stage.script.await = () => (ends.shift() ?? endless)();
      const release = await startRelease(stage.temporal, { channels: [{ ...plan, apply }] });
      await release.see('its fourth run is under way', ({ channels: [first] }) => first?.runs.length === 4);
      await cancel(stage, release);
      return release;
    },
  },
  {
    name: 'tried again with a long history, while another channel runs',
    ends: 'CONVERGED',
    async play(stage) {
      const { release, end } = await startBesideARun(stage, { pauseMs: 50, continueAfter: 12 });
      await release.see('it has been tried again', ({ channels: [first] }) => first?.status === 'CONVERGED');
      end();
      return release;
    },
  },
  {
    name: 'without a slot, and then with one',
    ends: 'CONVERGED',
    async play({ temporal, script }) {
      const [plan = channelPlan('staging')] = staging;
      const slots = { runtime: 'vm', max: 1, before: 0, holders: [] };
      const answers = [{ outcome: 'queued', slots } as const];
      script.begin = (input) => answers.shift() ?? script.granted(input);
      const apply = { ...plan.apply, maxConcurrency: 1 };
      const release = await startRelease(temporal, { channels: [{ ...plan, apply }] });
      await release.see('it is blocked', ({ status }) => status === 'BLOCKED');
      await release.handle.signal('turnChanged');
      return release;
    },
  },
  {
    name: 'failed and retried',
    ends: 'CONVERGED',
    async play(stage) {
      stage.script.await = fails;
      const release = await startRelease(stage.temporal, { retryForMs: 3_600_000 });
      await release.see('it failed', ended);
      stage.script.await = () => fine();
      await send(stage, commandTo(release, 'retry'));
      await release.see('production waits for its approval', waitsForApproval);
      await approve(stage, release);
      return release;
    },
  },
  {
    name: 'retried while its failure is recorded',
    ends: 'CONVERGED',
    async play(stage) {
      let known = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        known = resolve;
      });
      stage.script.await = fails;
      stage.script.finish = async () => {
        await held;
        return recorded;
      };
      const release = await startRelease(stage.temporal, { channels: staging, retryForMs: 3_600_000 });
      await until('its end is written', () => stage.script.of('finishRun').length === 1);
      stage.script.await = () => fine();
      const request = commandTo(release, 'retry');
      stage.script.requests.set(request.id, request);
      const asked = await release.handle.startUpdate<DecideAnswer, [Command]>('command', {
        args: [commandMessage(request)],
        updateId: request.id,
        waitForStage: 'ACCEPTED',
      });
      known();
      await asked.result();
      return release;
    },
  },
  {
    name: 'failed and closed',
    ends: 'FAILED',
    async play(stage) {
      stage.script.await = fails;
      const release = await startRelease(stage.temporal, { retryForMs: 3_600_000 });
      await release.see('it failed', ended);
      await cancel(stage, release);
      return release;
    },
  },
  {
    name: 'could not begin',
    ends: 'FAILED',
    async play({ temporal, script }) {
      script.begin = () => {
        throw failure('NAMESPACE_MISSING');
      };
      return startRelease(temporal, { channels: staging });
    },
  },
  {
    name: 'past its deadline',
    ends: 'FAILED',
    async play({ temporal, script }) {
      script.await = () => {
        throw failure('JOB_TIMED_OUT', fine({ tail: ['still busy'] }));
      };
      return startRelease(temporal, { channels: staging });
    },
  },
  {
    name: 'cancelled at a gate',
    ends: 'CANCELLED',
    async play(stage) {
      const release = await atTheGate(stage);
      await cancel(stage, release);
      return release;
    },
  },
  {
    name: 'cancelled while queued',
    ends: 'CANCELLED',
    async play(stage) {
      stage.script.begin = () => ({ outcome: 'queued', behind: 'my-app/x/1' });
      const release = await startRelease(stage.temporal, { channels: staging });
      await release.see('it queues', ({ status }) => status === 'QUEUED');
      await cancel(stage, release);
      return release;
    },
  },
  {
    name: 'cancelled while its Job is created',
    ends: 'CANCELLED',
    async play(stage) {
      let go = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        go = resolve;
      });
      stage.script.begin = async (input) => {
        await held;
        return stage.script.granted(input);
      };
      stage.script.close = () => ({ run: 1 });
      const release = await startRelease(stage.temporal, { channels: staging });
      await until('it asks', () => stage.script.of('beginRun').length === 1);
      await cancel(stage, release);
      go();
      return release;
    },
  },
  {
    name: 'cancelled while its Job runs',
    ends: 'CANCELLED',
    async play(stage) {
      stage.script.await = () => endless();
      stage.script.end = () => ({ run: 1 });
      const release = await startRelease(stage.temporal);
      await until('the Job runs', () => stage.script.of('awaitRun').length === 1);
      await cancel(stage, release, { reason: 'wrong build' });
      return release;
    },
  },
  {
    name: 'cancelled while its end is collected',
    ends: 'CANCELLED',
    async play(stage) {
      stage.script.await = () => endless();
      stage.script.end = () => ({ run: 1, ended: { code: 'SUCCEEDED', end: fine() } });
      const release = await startRelease(stage.temporal);
      await until('the Job runs', () => stage.script.of('awaitRun').length === 1);
      await cancel(stage, release);
      return release;
    },
  },
  {
    name: 'cancelled in Temporal',
    ends: 'CANCELLED',
    async play({ temporal, script }) {
      script.await = () => endless();
      const release = await startRelease(temporal);
      await until('the Job runs', () => script.of('awaitRun').length === 1);
      await release.handle.cancel();
      return release;
    },
  },
  {
    name: 'replaced at a gate',
    ends: 'REPLACED',
    async play(stage) {
      const release = await atTheGate(stage);
      stage.script.project = () => ({
        standings: { production: { standing: 'replaced', by: 'my-app/x/2' } },
        stable: [],
      });
      await clientOf(stage.temporal).signal(release.handle.workflowId, 'turnChanged', null);
      return release;
    },
  },
  {
    name: 'queued, then granted',
    ends: 'CONVERGED',
    async play({ temporal, script }) {
      let free = false;
      script.begin = (input) => (free ? script.granted(input) : { outcome: 'queued', behind: 'my-app/x/1' });
      const release = await startRelease(temporal, { channels: staging });
      await release.see('it queues', ({ status }) => status === 'QUEUED');
      free = true;
      await clientOf(temporal).signal(release.handle.workflowId, 'turnChanged', null);
      return release;
    },
  },
  {
    name: 'stable already, and stable elsewhere',
    ends: 'CONVERGED',
    async play({ temporal, script }) {
      script.begin = () => ({ outcome: 'converged', since: '2026-01-01T00:00:00Z' });
      const kept = script.project;
      script.project = (input) => ({ ...kept(input), stable: [{ channel: 'canary', by: 'my-app/x/1' }] });
      return startRelease(temporal, { channels: [channelPlan('production', [{ kind: 'stable', channel: 'canary' }])] });
    },
  },
  {
    name: 'continued as new',
    ends: 'CONVERGED',
    async play(stage) {
      const release = await atTheGate(stage, { continueAfter: 18 });
      await until('it has continued as new', () => hasContinued(release));
      await approve(stage, release);
      return release;
    },
  },
];
