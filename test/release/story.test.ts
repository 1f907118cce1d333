import { expect, test } from '@jest/globals';
import { reduce } from '../../src/release/reduce.js';
import { viewOf } from '../../src/release/release-view.js';
import { createState } from '../../src/release/state.js';
import { story } from '../../src/release/story.js';
import type { RunEnd } from '../../src/release/view.js';
import { releasePlan } from '../fakes/plans.js';

const at = '2026-01-01T00:00:00.000Z';
const state = createState(releasePlan(), { number: 7, requestedBy: 'ann', startedAt: at });

test('the story names the release, its channels, gates and reasons', () => {
  const text = story(viewOf(state));
  expect(text).toContain('**my-app/my-service/7** (v4) is **WAITING_PRECONDITIONS**');
  expect(text).toContain('gate stable `staging`: open');
  expect(text).toContain('RELEASE_CHANNEL_DEPENDENCY_UNMET');
});

test('a run is told with the message of its program, also of a result that is stored apart', () => {
  const view = viewOf(state);
  const end = { tail: [], logBytes: 0, truncated: false, warnings: [] };
  const run = { run: 1, command: 'apply', state: 'succeeded', cluster: 'ops', startedAt: at } as const;
  const told = (more: Partial<RunEnd>): string => {
    const channels = view.channels.map((channel) => ({ ...channel, runs: [{ ...run, end: { ...end, ...more } }] }));
    return story({ ...view, channels });
  };
  expect(told({ result: { message: 'done' } })).toContain('run 1 (apply) succeeded: `done`');
  expect(told({ largeResult: { digest: 'd', bytes: 5000, message: 'big' } })).toContain(
    'run 1 (apply) succeeded: `big`',
  );
});

test("other people's words stay words: no link, no heading, no line of their own", () => {
  const by = '[x](javascript:alert(1)) `\n# heading';
  const hostile = reduce(
    state,
    { type: 'decided', source: 'signal', decision: { channel: 'production', decision: 'approve', by } },
    at,
  );
  const line = story(viewOf(hostile))
    .split('\n')
    .find((each) => each.includes('javascript'));
  expect(line).toContain('`[x](javascript:alert(1))   # heading`');
});
