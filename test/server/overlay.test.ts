import { expect, test } from '@jest/globals';
import { withRuns } from '../../src/server/overlay.js';
import type { RunRow, ServedCluster } from '../../src/server/ports.js';
import type { ChannelView, ReleaseView } from '../../src/release/view.js';

const channel = (name: string, status: ChannelView['status'], cluster = 'ops'): ChannelView => ({
  name,
  status,
  runtime: 'vm',
  cluster,
  gates: [],
  runs: [],
  explanations: [],
});
const view = (...channels: ChannelView[]): ReleaseView => ({
  id: 'my-app/my-service/7',
  application: 'my-app',
  service: 'my-service',
  number: 7,
  version: 'v4',
  digest: 'digest',
  status: 'CONVERGING',
  sequence: 3,
  requestedBy: 'ann',
  startedAt: '2026-03-01T10:00:00Z',
  channels,
  decisions: [],
});
const run = (more: Partial<RunRow>): RunRow => ({
  release: 'my-app/my-service/7',
  channel: 'staging',
  run: 1,
  command: 'apply',
  attempt: 1,
  state: 'open',
  name: 'the-job',
  allottedAt: '2026-03-01T10:00:01Z',
  logBytes: 0,
  ...more,
});
const explained = (of: ReleaseView): string[][] =>
  of.channels.map(({ explanations }) =>
    explanations.map(({ code, subject, message }) => `${code} ${subject}: ${message}`),
  );

const unanswered = 'RUNTIME_UNREACHABLE: reach the cluster: no answer (ECONNREFUSED)';

test.each<[string, ServedCluster | undefined, string | undefined, string[]]>([
  ['nobody serves it', undefined, undefined, ['RUNTIME_UNREACHABLE ops: no worker serves "ops"']],
  [
    'nobody can open its link',
    { workers: 0, trouble: 'RUNTIME_FORBIDDEN: no kubeconfig' },
    undefined,
    ['RUNTIME_UNREACHABLE ops: no worker serves "ops" (RUNTIME_FORBIDDEN: no kubeconfig)'],
  ],
  [
    'it does not answer',
    { workers: 2, trouble: unanswered },
    undefined,
    ['RUNTIME_UNREACHABLE ops: reach the cluster: no answer (ECONNREFUSED)'],
  ],
  [
    'it does not answer, and the run has met that too',
    { workers: 1, trouble: unanswered },
    'RUNTIME_UNREACHABLE: create Job: no answer',
    ['RUNTIME_UNREACHABLE ops: reach the cluster: no answer (ECONNREFUSED)'],
  ],
  [
    'only the run has met that it does not answer',
    { workers: 1 },
    'RUNTIME_UNREACHABLE: create Job: exceeded quota',
    ['RUNTIME_UNREACHABLE the-job: create Job: exceeded quota'],
  ],
  [
    'the pod of the run does not start',
    { workers: 1 },
    'ImagePullBackOff: none',
    ['JOB_NOT_STARTING the-job: ImagePullBackOff: none'],
  ],
  ['all is well', { workers: 1 }, undefined, []],
])('a channel that runs says of its cluster that %s', (_, cluster, waiting, said) => {
  const rows = waiting === undefined ? [] : [run({ waiting })];
  const served = new Map(cluster ? [['ops', cluster]] : []);
  expect(explained(withRuns(view(channel('staging', 'CONVERGING')), rows, served))).toEqual([said]);
});

test('channels that wait, have ended, or run elsewhere say nothing of it', () => {
  const channels = [
    channel('staging', 'CONVERGED'),
    channel('asked', 'WAITING_MANUAL_APPROVAL'),
    channel('elsewhere', 'CONVERGING', 'far'),
  ];
  expect(explained(withRuns(view(...channels), [], new Map([['far', { workers: 1 }]])))).toEqual([[], [], []]);
});

test('a cancel under way is said beside what the run itself meets', () => {
  const cancelling = { code: 'CANCELLING', subject: 'r', message: 'it is being cancelled' } as const;
  const seen = view({ ...channel('staging', 'CONVERGING'), explanations: [cancelling] });
  const said = withRuns(seen, [run({ waiting: 'ImagePullBackOff: none' })], new Map([['ops', { workers: 1 }]]));
  expect(explained(said)).toEqual([
    ['CANCELLING r: it is being cancelled', 'JOB_NOT_STARTING the-job: ImagePullBackOff: none'],
  ]);
});
