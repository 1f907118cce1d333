import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import { createReleaseClient } from '../../src/client/releases.js';
import { releaseWorkflowId } from '../../src/release/ids.js';
import type { ChannelPlan, ReleasePlan } from '../../src/release/plan.js';
import type { CommandRequest, DecisionRequest } from '../../src/release/steps.js';
import type { CommandKind } from '../../src/release/view.js';
import type { ReleaseView } from '../../src/release/view.js';
import type { ReleaseClient } from '../../src/server/ports.js';
import { view, type ReleaseSettings } from '../../src/workflows/messages.js';
import { releasePlan } from '../fakes/plans.js';
import type { RealTemporal } from '../real/temporal.js';
import { until } from '../real/until.js';

export interface Started {
  id: string;
  handle: WorkflowHandle;
  plan: ReleasePlan;
  /** Waits until the live view is as wanted. */
  see(what: string, wanted: (view: ReleaseView) => boolean): Promise<ReleaseView>;
  /** The view at the end, once the history has been replayed against the workflow's code. */
  result(): Promise<ReleaseView>;
}

/** A release that fails is over at once, unless a test says for how long it may be retried. */
export const clientOf = (temporal: RealTemporal, settings: Partial<ReleaseSettings> = {}): ReleaseClient =>
  createReleaseClient(temporal, { trustRawSignals: true, startTimeoutMs: 60_000, retryForMs: 0, ...settings });

let services = 0;

/** Starts a release of a service of its own through the real client. */
export async function startRelease(
  temporal: RealTemporal,
  options: { channels?: ChannelPlan[]; number?: number; service?: string } & Partial<ReleaseSettings> = {},
): Promise<Started> {
  services += 1;
  const { number = 1, service = `service-${services}`, channels, ...settings } = options;
  const plan = { ...releasePlan(channels), service };
  const id = `${plan.application}/${service}/${number}`;
  const releases = clientOf(temporal, settings);
  await releases.start({ id, number, requestedBy: 'ann', rerun: false }, plan);
  const handle = temporal.client.workflow.getHandle(releaseWorkflowId(id));
  return {
    id,
    plan,
    handle,
    see: async (what, wanted) =>
      until(what, async () => {
        const now = await handle.query(view);
        return wanted(now) ? now : undefined;
      }),
    async result() {
      const last = (await handle.result()) as ReleaseView;
      await replay(handle);
      return last;
    },
  };
}

/** The same history must lead the same code to the same commands. */
async function replay(handle: WorkflowHandle): Promise<void> {
  const built = (path: string): string => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));
  const workflowBundle = { codePath: built('workflow-bundle.js') };
  await Worker.runReplayHistory({ workflowBundle }, await handle.fetchHistory(), handle.workflowId);
}

export const channel = (of: ReleaseView, name: string) => of.channels.find((each) => each.name === name);
export const statuses = (of: ReleaseView): string[] => [of.status, ...of.channels.map(({ status }) => status)];
export const waitsForApproval = (of: ReleaseView): boolean => of.status === 'WAITING_MANUAL_APPROVAL';

/** True once another run than the first one goes on under its id. */
export async function hasContinued({ handle }: Started): Promise<boolean> {
  const { runId, raw } = await handle.describe();
  const first = raw.workflowExecutionInfo?.firstRunId;
  if (!first) throw new Error('Temporal does not say which run was the first');
  return runId !== first;
}

let commands = 0;

export const commandTo = (release: Started, kind: CommandKind, more: Partial<CommandRequest> = {}): CommandRequest => ({
  id: `${kind}-${(commands += 1)}-${release.id}`,
  release: release.id,
  kind,
  channel: '',
  by: 'bob',
  releaseDigest: release.plan.digest,
  createdAt: '2026-01-01T00:00:00Z',
  ...more,
});

export const requestOf = (release: Started, more: Partial<DecisionRequest> = {}): DecisionRequest => ({
  id: `request-${release.id}`,
  release: release.id,
  kind: 'decide',
  channel: 'production',
  gate: 'approval',
  decision: 'approve',
  by: 'bob',
  releaseDigest: release.plan.digest,
  createdAt: '2026-01-01T00:00:00Z',
  ...more,
});
