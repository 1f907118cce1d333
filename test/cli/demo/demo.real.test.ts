import { rmSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import type { ReleaseView } from '../../../src/release/view.js';
import { siteFolder } from '../../../src/cli/demo/site.js';
import { builtTowpath } from '../built-towpath.js';

const towpath = builtTowpath();
let installation: string | undefined;
afterAll(async () => {
  await towpath.remove();
  if (installation !== undefined) rmSync(siteFolder('/tmp/home', installation), { recursive: true, force: true });
});

test.each([
  [1, 'nothing is published yet'],
  [2, 'my-service v1, change demo-'],
])('demo %d takes a release through both channels on real parts', async (number, before) => {
  const { code, stdout, stderr } = await towpath.run('demo');
  expect(code === 0 ? '' : stderr).toBe('');
  const lines = stdout.trimEnd().split('\n');
  expect(lines.at(-1)).toBe(`release my-app/my-service/${number} converged`);
  expect(lines.at(-2)).toMatch(/^cluster build: .*; everything else [0-9.]+ s$/);
  const production = lines.filter((line) => /^GET .*\/production\//.test(line));
  expect(production).toHaveLength(3);
  expect(production[0]).toContain(before);
  expect(production[1]).toContain(before);
  expect(production[1]).toContain('(waits for an approval)');
  expect(production[2]).toContain(`my-service v${number}, change demo-`);
});

test('each channel had one run, and its result is kept', async () => {
  const { stdout } = await towpath.run('releases', 'get', 'my-service', '-f', 'json');
  const view = JSON.parse(stdout) as ReleaseView;
  const status = JSON.parse((await towpath.run('status', '-f', 'json')).stdout) as { server: { installation: string } };
  ({ installation } = status.server);
  expect(view.channels.map(({ name, runs }) => [name, runs.map(({ end }) => end?.result?.message)])).toEqual([
    ['staging', [expect.stringMatching(/^staging shows change demo-/)]],
    ['production', [expect.stringMatching(/^production shows change demo-/)]],
  ]);
  const logs = await towpath.run('releases', 'logs', 'my-service', 'production');
  expect(logs.stdout).toMatch(/^building the page of my-service v2.*\n.*\n.*\ndone: production shows v2/);
});

test('with --exit nothing is left running', async () => {
  const demo = await towpath.run('demo', '--exit');
  expect([demo.code, demo.stdout.trimEnd().split('\n').at(-1)]).toEqual([0, 'release my-app/my-service/3 converged']);
  const status = await towpath.run('status');
  expect([status.code, status.stdout.split('\n')[0]]).toEqual([1, 'stopped']);
});
