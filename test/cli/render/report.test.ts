import { expect, test } from '@jest/globals';
import { createColors } from 'picocolors';
import { changes } from '../../../src/cli/render/changes.js';
import { renderRelease } from '../../../src/cli/render/release.js';
import { messageOf, reportLines } from '../../../src/cli/render/report.js';
import type { RunEnd, RunResult } from '../../../src/release/view.js';
import { channel, converging, releaseView, run } from '../views.js';

const of = { release: 'my-app/my-service/7', channel: 'staging' };
const ended = (more: Partial<RunEnd>) =>
  run({
    state: 'succeeded',
    endedAt: '2026-03-01T11:59:42Z',
    end: { exitCode: 0, tail: [], logBytes: 0, truncated: false, warnings: [], ...more },
  });
const escape = '\u001b[2J\u0007';

test.each<[string, RunResult, string[]]>([
  ['a message alone', { message: 'm' }, []],
  ['outputs', { outputs: [{ name: 'url', text: 'x' }] }, ['url: x']],
  [
    'links, with a name and without',
    { externalLinks: [{ url: 'https://x.test', name: 'zone' }, { url: 'http://y.test/?a=<b>' }] },
    ['zone: https://x.test', 'http://y.test/?a=<b>'],
  ],
  ['keys of its own', { count: 3, more: { a: ['<b>'] } }, ['count: 3', 'more: {"a":["<b>"]}']],
  [
    'what a terminal would obey',
    { outputs: [{ name: `n${escape}`, text: `a\nb${escape}` }], [`k${escape}`]: escape },
    ['n: a b', 'k: "\\u001b[2J\\u0007"'],
  ],
])('%s is shown as text', (_, result, lines) => {
  expect(reportLines(ended({ result }), of)).toEqual(lines);
});

test('of many lines the first are shown, and where the others are', () => {
  const outputs = Array.from({ length: 30 }, (__, nth) => ({ name: `n${nth}`, text: 't' }));
  const lines = reportLines(ended({ result: { outputs } }), of);
  expect(lines).toHaveLength(9);
  expect(lines.at(-1)).toBe('… 22 more: towpath releases result my-app/my-service/7 staging --run 1');
});

test('a large result is shown by its message, and where it is', () => {
  const large = ended({ largeResult: { digest: 'd', bytes: 5217, message: '100 records' } });
  expect(messageOf(large)).toBe('100 records');
  expect(reportLines(large, of)).toEqual([
    'a result of 5217 bytes: towpath releases result my-app/my-service/7 staging --run 1',
  ]);
});

test('a large result is shown with the outputs and links that were kept with the run', () => {
  const excerpt = { outputs: [{ name: 'url', text: 'x' }], externalLinks: [{ url: 'https://x.test' }] };
  expect(reportLines(ended({ largeResult: { digest: 'd', bytes: 5217, ...excerpt } }), of)).toEqual([
    'url: x',
    'https://x.test',
    'a result of 5217 bytes: towpath releases result my-app/my-service/7 staging --run 1',
  ]);
});

const reported = releaseView(9, [
  channel('staging', {
    status: 'CONVERGED',
    runs: [ended({ result: { message: 'done', outputs: [{ name: 'url', text: 'x' }] }, warnings: ['w'] })],
  }),
]);

test('a release shows it below its run, with the warnings', () => {
  const look = { now: new Date('2026-03-01T12:00:00Z'), colors: createColors(false), columns: 60 };
  expect(renderRelease(reported, look).split('\n').slice(-3)).toEqual([
    '  run 1 apply  succeeded  12 s  done',
    '  | url: x',
    '  warning: w',
  ]);
});

test('a line a change tells it once the run has ended', () => {
  expect(changes(converging, reported)).toEqual([
    'staging: run 1 succeeded after 12 s: done',
    'staging:   url: x',
    'staging:   warning: w',
    'staging: CONVERGED',
  ]);
});
