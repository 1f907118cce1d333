import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { titleOf } from '../../../src/cli/demo/site.js';

const program = path.resolve('examples', 'demo', 'image', 'bin', 'publish-site');

let site: string;
beforeEach(() => {
  site = mkdtempSync(path.join(tmpdir(), 'towpath-publish-'));
});
afterEach(() => rmSync(site, { recursive: true, force: true }));

function publish(run: number, args = [`--site=${site}`, '--change-id=c-1']) {
  const result = path.join(site, 'result.json');
  const env = {
    PATH: process.env['PATH'],
    PVN_RELEASE_CHANNEL: 'staging',
    PVN_SERVICE: 'my-service',
    PVN_SERVICE_VERSION: 'v4',
    TOWPATH_RELEASE_ID: 'my-app/my-service/7',
    TOWPATH_RUN: String(run),
    TOWPATH_RESULT_PATH: result,
  };
  const { status, stderr, stdout } = spawnSync(program, args, { env, encoding: 'utf8' });
  return { status, stdout, stderr, result: () => JSON.parse(readFileSync(result, 'utf8')) as object };
}

const page = (): string => readFileSync(path.join(site, 'staging', 'index.html'), 'utf8');

test('it publishes a page, says so, and leaves a result', () => {
  const { status, stdout, result } = publish(3);
  expect(status).toBe(0);
  expect(titleOf(page())).toBe('my-service v4, change c-1, run 3');
  expect(stdout.trim().split('\n').at(-1)).toBe('done: staging shows v4, change c-1');
  expect(result()).toEqual({
    message: 'staging shows change c-1',
    outputs: [{ name: 'bytes', text: String(page().length) }],
  });
  expect(readdirSync(path.join(site, 'staging'))).toEqual(['index.html']);
});

test('a newer run takes the place of an older one, and never the other way round', () => {
  publish(3);
  expect(publish(12, [`--site=${site}`, '--change-id=c-2']).status).toBe(0);
  const late = publish(4);
  expect(late.status).toBe(75);
  expect(late.stderr).toBe('publish-site: run 12 has published already, and this is run 4\n');
  expect(titleOf(page())).toContain('change c-2');
});

test.each([
  [['--change-id=c'], 66, 'is not a folder'],
  [['--site=/nowhere', '--change-id=c'], 66, '--site=/nowhere is not a folder'],
  [['--site=/tmp'], 65, "use letters, digits, '.', '_' and '-'"],
  [['--site=/tmp', '--change-id=<script>'], 65, '--change-id=<script>'],
  [['--site=/tmp', '--force'], 64, 'unknown argument --force'],
])('%j ends with %d', (args, code, message) => {
  const { status, stderr } = publish(1, args);
  expect(stderr).toContain(message);
  expect(status).toBe(code);
});
