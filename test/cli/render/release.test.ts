import { expect, test } from '@jest/globals';
import { createColors } from 'picocolors';
import type { Explanation } from '../../../src/release/view.js';
import { renderRelease } from '../../../src/cli/render/release.js';
import { shortTime } from '../../../src/cli/render/time.js';
import { channel, converging, failed, releaseView, run, waiting } from '../views.js';

const look = { now: new Date('2026-03-01T12:00:00Z'), colors: createColors(false), columns: 60 };

test('a release that waits for a person says which command lets it go on', () => {
  expect(renderRelease(waiting, look).split('\n')).toEqual([
    'my-app/my-service/7  v4  WAITING_MANUAL_APPROVAL  by ann, 1 min 0 s',
    '',
    'staging     CONVERGED  vm on ops',
    '  run 1 apply  succeeded  12 s  page published',
    '',
    'production  WAITING_MANUAL_APPROVAL  vm on ops',
    '  gate staging   passed',
    '  gate approval  open: towpath releases approve my-app/my-service/7 production',
    '  MANUAL_APPROVAL_PENDING (approval): gate "approval" waits for an approval',
  ]);
});

test('a failure has code, sentence, exit code, condition and the last lines', () => {
  expect(renderRelease(failed, look)).toContain(
    [
      '  run 1 apply  failed  12 s  Job jobs/my-service-apply-1',
      '  APPLY_FAILED (run 1): the program ended with exit code 3',
      '    exit code   3',
      '    Kubernetes  Failed: BackoffLimitExceeded',
      '    | connecting',
      '    | no route to host',
    ].join('\n'),
  );
});

test.each([
  [{ lastLines: ['copying page 3 of 9'] }, '  | copying page 3 of 9'],
  [{ lastLines: ['x'], waiting: 'ImagePullBackOff' }, '  | not starting: ImagePullBackOff'],
  [{ lastLines: ['x'.repeat(100)] }, `  | ${'x'.repeat(55)}…`],
  [{ lastLines: ['\u001b[31mred\u001b[0m\u0007'] }, '  | red'],
])('below a running run stands what goes on in it: %j', (detail, line) => {
  const text = renderRelease(converging, { ...look, details: [{ channel: 'staging', run: 1, ...detail }] });
  expect(text.split('\n')).toContain(line);
});

test('a run whose pod does not start is waiting, not running, and says why once', () => {
  const details = [{ channel: 'staging', run: 1, waiting: 'ImagePullBackOff' }];
  const text = renderRelease(converging, { ...look, details });
  expect(text).toContain('  run 1 apply  waiting  30 s');
  expect(text).not.toContain('running');
  expect(text.match(/ImagePullBackOff/g)).toHaveLength(1);
});

test('why a pod does not start is said once where the server knows of it', () => {
  const why: Explanation = { code: 'JOB_NOT_STARTING', subject: 'the-job', message: 'ImagePullBackOff: none' };
  const view = releaseView(2, [channel('staging', { status: 'CONVERGING', runs: [run()], explanations: [why] })]);
  const details = [{ channel: 'staging', run: 1, waiting: 'ImagePullBackOff: none' }];
  const text = renderRelease(view, { ...look, details });
  expect(text).toContain('  run 1 apply  waiting  30 s');
  expect(text).toContain('JOB_NOT_STARTING (the-job): ImagePullBackOff: none');
  expect(text.match(/ImagePullBackOff/g)).toHaveLength(1);
});

test('what a program says cannot steer the terminal', () => {
  const result = { exitCode: 0, tail: [], logBytes: 0, truncated: false, warnings: [] };
  const view = releaseView(1, [
    channel('staging', {
      runs: [run({ end: { ...result, result: { message: 'done\u001b[2J\nrelease converged' } } })],
    }),
  ]);
  expect(renderRelease(view, look)).toContain('done release converged');
});

test('what was said and did not count is shown with why', () => {
  const typo = { channel: 'productio', gate: '', decision: 'approve', by: 'bob', source: 'signal' } as const;
  const at = '2026-03-01T11:58:00Z';
  const decisions = [
    { ...typo, at, counted: false, why: 'UNKNOWN_GATE: the release has no channel "productio"' },
    { ...typo, channel: 'production', gate: 'approval', at, counted: true, reason: 'green' },
  ];
  expect(renderRelease({ ...waiting, decisions }, look)).toContain(
    [
      '',
      'decisions',
      `  ${shortTime(at)}  approve productio by bob (signal): did not count: UNKNOWN_GATE: the release has no channel "productio"`,
      `  ${shortTime(at)}  approve production by bob (signal): green`,
    ].join('\n'),
  );
});
