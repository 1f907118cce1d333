import { expect, test } from '@jest/globals';
import { changes } from '../../../src/cli/render/changes.js';
import { channel, converged, converging, failed, releaseView, waiting } from '../views.js';

test('the first view is told from its beginning', () => {
  expect(changes(undefined, converging)).toEqual([
    'my-app/my-service/7 (v4)',
    'staging: CONVERGING',
    'staging: run 1 (apply) runs as Job jobs/my-service-apply-1',
    'production: WAITING_PRECONDITIONS',
  ]);
});

test('only what is new is told', () => {
  expect(changes(converging, waiting)).toEqual([
    'staging: run 1 succeeded after 12 s: page published',
    'staging: CONVERGED',
    'production: "staging" is stable',
    'production: gate approval is open: towpath releases approve my-app/my-service/7 production',
    'production: WAITING_MANUAL_APPROVAL',
  ]);
  expect(changes(waiting, waiting)).toEqual([]);
});

test('an approval is told with its approver', () => {
  expect(changes(waiting, converged)).toContain('production: gate approval approved by bob');
});

test('a failure is told with everything known of it', () => {
  expect(changes(converging, failed)).toEqual([
    'staging: run 1 failed (JOB_FAILED) after 12 s',
    'staging: FAILED',
    'staging: APPLY_FAILED (run 1): the program ended with exit code 3',
    'staging:   exit code   3',
    'staging:   Kubernetes  Failed: BackoffLimitExceeded',
    'staging:   | connecting',
    'staging:   | no route to host',
    'production: SKIPPED',
  ]);
});

test('a decision that did not count is told with the reason', () => {
  const refused = {
    channel: 'production',
    gate: 'approval',
    decision: 'approve',
    by: 'eve',
    at: '2026-03-01T12:00:00Z',
    counted: false,
    why: 'eve is not among the approvers',
    source: 'signal',
  } as const;
  const before = releaseView(1, [channel('production')]);
  expect(changes(before, { ...before, decisions: [refused] })).toEqual([
    'production: approve by eve did not count: eve is not among the approvers',
  ]);
});
