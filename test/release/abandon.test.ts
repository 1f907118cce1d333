import { expect, test } from '@jest/globals';
import { abandoned, type LeftRun } from '../../src/release/abandon.js';
import type { ReleaseView, RunView } from '../../src/release/view.js';
import { channelView, viewOf } from '../store/stored.js';

const at = '2026-11-25T12:00:00.000Z';
const why = 'its workflow was terminated in Temporal';
const running: RunView = { run: 4, command: 'apply', state: 'running', cluster: 'ops', startedAt: at };
const before: ReleaseView = {
  ...viewOf({ service: 's' }, 7, { sequence: 5 }),
  retryUntil: at,
  channels: [
    channelView('canary', 'CONVERGED'),
    { ...channelView('staging', 'CONVERGING'), runs: [running] },
    channelView('production', 'WAITING_PRECONDITIONS'),
  ],
};

test.each<[string, LeftRun[], string[]]>([
  ['that had not ended is CANCELLED', [{ channel: 'staging', run: 4 }], ['CONVERGED', 'CANCELLED', 'CANCELLED']],
  [
    'that had succeeded counts',
    [{ channel: 'staging', run: 4, ended: { code: 'SUCCEEDED' } }],
    ['CONVERGED', 'CONVERGED', 'CANCELLED'],
  ],
  [
    'that had failed counts',
    [{ channel: 'staging', run: 4, ended: { code: 'JOB_FAILED' } }],
    ['CONVERGED', 'FAILED', 'CANCELLED'],
  ],
])('what is left of a release: a run %s', (_, runs, statuses) => {
  const view = abandoned(before, { why, at, runs });
  expect(view.channels.map(({ status }) => status)).toEqual(statuses);
  expect(view).toMatchObject({ sequence: 6, endedAt: at });
  expect(view.retryUntil).toBeUndefined();
  expect(view.channels[1]?.runs[0]?.endedAt).toBe(at);
  expect(view.channels[2]?.explanations).toEqual([{ code: 'WORKFLOW_GONE', subject: 'production', message: why }]);
});

test('what was seen of a run that was ended stays with it', () => {
  const end = { exitCode: 143, tail: ['stopped'], logBytes: 8, truncated: false, warnings: [] };
  const view = abandoned(before, { why, at, runs: [{ channel: 'staging', run: 4, end }] });
  expect(view.channels[1]?.runs).toMatchObject([{ code: 'WORKFLOW_GONE', end }]);
});
