import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startFakeApi, type FakeApi } from '../fake-api.js';

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
  api.on('GET /configs', [{ kind: 'service', key: 'my-app/my-service', version: 1 }]);
});
afterEach(() => api.close());

/** What bash would offer at a tab after these words, `towpath` left out. */
async function tab(...words: string[]): Promise<string[]> {
  const script = [
    'towpath() { "$NODE" "$TOWPATH" "$@"; }',
    'source <(towpath completion bash)',
    'COMP_WORDS=(towpath "$@") COMP_CWORD=$#',
    '_towpath',
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n');
  const env = {
    ...process.env,
    NODE: process.execPath,
    TOWPATH: path.resolve('bin', 'towpath'),
    TOWPATH_SERVER: api.url,
    TOWPATH_TOKEN: 'the-token',
  };
  const { stdout } = await promisify(execFile)('bash', ['-c', script, 'bash', ...words], { env });
  return stdout.trim().split('\n');
}

test.each([
  [
    ['releases', 're'],
    ['result', 'reject', 'retry'],
  ],
  [['releases', 'start', ''], ['my-app/my-service']],
  [['releases', 'start', 'my-service', '--re'], ['--rerun']],
])('bash offers after %j %j', async (words, found) => {
  expect(await tab(...words)).toEqual(found);
});
