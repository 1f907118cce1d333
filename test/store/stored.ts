import type { ChannelValues } from '../../src/config/plan.js';
import type { LogPart, RunStore } from '../../src/activities/ports.js';
import type { BeginRunInput, FinishRunInput, RunKey } from '../../src/release/steps.js';
import type { Status } from '../../src/release/status.js';
import type { ChannelView, ReleaseView } from '../../src/release/view.js';
import type { ServerStore } from '../../src/server/ports.js';
import { releasePlan } from '../fakes/plans.js';

/** Each test has a service of its own, so that tests of one database do not meet. */
export interface Of {
  service: string;
  channel?: string;
}

export const keyOf = (of: Of, release: number, attempt = 1): RunKey => ({
  application: 'my-app',
  service: of.service,
  channel: of.channel ?? 'staging',
  release,
  attempt,
  command: 'apply',
  ordinal: 1,
});

/** A part of a log that is stored as it was received. */
export function partOf(offset: number, text: string | Buffer, pod = 'pod-1'): LogPart {
  const bytes = Buffer.from(text);
  return { pod, offset, received: bytes.length, text: bytes };
}

/** What `beginRun` hands over; every release has a digest of its own unless told otherwise. */
export const beginOf = (key: RunKey, more: Partial<BeginRunInput> = {}): BeginRunInput => ({
  key,
  releaseDigest: `digest-${key.release}`,
  versionName: `v${key.release}`,
  runtime: 'vm',
  cluster: 'ops',
  namespace: { name: 'pvn-proxy-runtime-vm', managed: true },
  job: { prefix: 'p', mainContainer: 'main', manifest: {} },
  jobDigest: 'j',
  pullSecrets: [],
  workflowId: `release/my-app/${key.service}/${key.release}`,
  rerun: false,
  ...more,
});

export const channelView = (name: string, status: Status): ChannelView => ({
  name,
  status,
  runtime: 'vm',
  cluster: 'ops',
  gates: [],
  runs: [],
  explanations: [],
});

export function viewOf(
  of: Of,
  release: number,
  more: Partial<ReleaseView> & { statuses?: Record<string, Status> } = {},
): ReleaseView {
  const { statuses = { staging: 'CONVERGING' }, ...fields } = more;
  return {
    id: `my-app/${of.service}/${release}`,
    application: 'my-app',
    service: of.service,
    number: release,
    version: `v${release}`,
    digest: `digest-${release}`,
    status: 'CONVERGING',
    sequence: 2,
    requestedBy: 'ann',
    startedAt: '2026-01-01T00:00:00.000Z',
    channels: Object.entries(statuses).map(([name, status]) => channelView(name, status)),
    decisions: [],
    ...fields,
  };
}

/** A run that succeeded and gives its turn back, unless told otherwise. */
export function finishOf(key: RunKey, more: Partial<FinishRunInput> = {}): FinishRunInput {
  const { application, service, channel, release } = key;
  return {
    of: { application, service, channel, release },
    key,
    outcome: { code: 'SUCCEEDED' },
    turn: 'free',
    ttlMs: 3_600_000,
    view: viewOf({ service }, release, { statuses: { [channel]: 'CONVERGED' } }),
    ...more,
  };
}

export const stableAt = (release: number): { digest: string; version: string } => ({
  digest: `digest-${release}`,
  version: `v${release}`,
});

export const startOf = (
  service: string,
  more: Partial<Parameters<ServerStore['createRelease']>[0]> = {},
): Parameters<ServerStore['createRelease']>[0] => ({
  application: 'my-app',
  service,
  key: 'key-1',
  requestDigest: 'request-1',
  contentDigest: () => 'content-1',
  requestedBy: 'ann',
  rerun: false,
  plan: ({ version }) => ({
    ...releasePlan(),
    service,
    version: { number: version, name: `v${version}` },
    digest: `plan-of-${version}`,
  }),
  ...more,
});

/** Values of a version: one parameter, in one channel. */
export const textOf = (text: string): ChannelValues => ({ staging: { changeId: { kind: 'string', text } } });
export const textIn = (values: ChannelValues | undefined): string | undefined =>
  values?.['staging']?.['changeId']?.text;

/** Asks, and insists on the grant. */
export async function grant(store: RunStore, key: RunKey, more: Partial<BeginRunInput> = {}): Promise<number> {
  const answer = await store.takeTurn(beginOf(key, more));
  if (answer.outcome !== 'granted') throw new Error(`expected the turn, got ${JSON.stringify(answer)}`);
  return answer.run;
}
