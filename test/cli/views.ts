import type { ChannelView, Explanation, GateView, ReleaseView, RunView } from '../../src/release/view.js';
import { overall } from '../../src/release/status.js';

/** Views of one release at several moments, as the server would answer them. */
export const releaseView = (sequence: number, channels: ChannelView[]): ReleaseView => ({
  id: 'my-app/my-service/7',
  application: 'my-app',
  service: 'my-service',
  number: 7,
  version: 'v4',
  digest: 'digest-of-the-release',
  status: overall(channels.map(({ status }) => status)),
  sequence,
  requestedBy: 'ann',
  startedAt: '2026-03-01T11:59:00Z',
  channels,
  decisions: [],
});

export const channel = (name: string, more: Partial<ChannelView> = {}): ChannelView => ({
  name,
  status: 'PENDING',
  runtime: 'vm',
  cluster: 'ops',
  gates: [],
  runs: [],
  explanations: [],
  ...more,
});

export const run = (more: Partial<RunView> = {}): RunView => ({
  run: 1,
  command: 'apply',
  state: 'running',
  cluster: 'ops',
  job: { namespace: 'jobs', name: 'my-service-apply-1', uid: 'u' },
  startedAt: '2026-03-01T11:59:30Z',
  ...more,
});

const succeeded = run({
  state: 'succeeded',
  endedAt: '2026-03-01T11:59:42Z',
  end: { exitCode: 0, tail: [], logBytes: 0, truncated: false, warnings: [], result: { message: 'page published' } },
});

export const failure: Explanation = {
  code: 'APPLY_FAILED',
  subject: 'run 1',
  message: 'the program ended with exit code 3',
  exitCode: 3,
  condition: 'Failed: BackoffLimitExceeded',
  tail: ['connecting', 'no route to host'],
};

const stable = (state: GateView['state']): GateView => ({ kind: 'stable', name: 'staging', state });
const approval = (state: GateView['state'], by?: string): GateView => ({
  kind: 'approval',
  name: 'approval',
  state,
  ...(by === undefined ? {} : { by }),
});

/** staging's Job runs; production waits for it. */
export const converging = releaseView(2, [
  channel('staging', { status: 'CONVERGING', runs: [run()] }),
  channel('production', { status: 'WAITING_PRECONDITIONS', gates: [stable('open'), approval('closed')] }),
]);

/** staging is done; production waits for a person. */
export const waiting = releaseView(5, [
  channel('staging', { status: 'CONVERGED', runs: [succeeded] }),
  channel('production', {
    status: 'WAITING_MANUAL_APPROVAL',
    gates: [stable('passed'), approval('open')],
    explanations: [
      { code: 'MANUAL_APPROVAL_PENDING', subject: 'approval', message: 'gate "approval" waits for an approval' },
    ],
  }),
]);

export const converged = releaseView(9, [
  channel('staging', { status: 'CONVERGED', runs: [succeeded] }),
  channel('production', {
    status: 'CONVERGED',
    gates: [stable('passed'), approval('passed', 'bob')],
    runs: [{ ...succeeded, run: 2 }],
  }),
]);

/** staging's program said no; production never begins. */
export const failed = releaseView(6, [
  channel('staging', {
    status: 'FAILED',
    runs: [run({ state: 'failed', code: 'JOB_FAILED', endedAt: '2026-03-01T11:59:42Z' })],
    explanations: [failure],
  }),
  channel('production', { status: 'SKIPPED', gates: [stable('open'), approval('closed')] }),
]);
