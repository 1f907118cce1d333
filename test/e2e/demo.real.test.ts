import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const home = mkdtempSync(path.join(tmpdir(), 'tpd-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** On nothing but what `up` starts: no part is given. */
function towpath(...args: string[]): Promise<{ code: number | null; lines: string[] }> {
  const { PATH, HOME, TOWPATH_CACHE = path.resolve('.cache'), TOWPATH_CLUSTER_BIN } = process.env;
  const cluster = TOWPATH_CLUSTER_BIN === undefined ? {} : { TOWPATH_CLUSTER_BIN };
  const env = { PATH, HOME, TOWPATH_HOME: home, TOWPATH_CACHE, TOWPATH_LISTEN: '127.0.0.1:0', ...cluster };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['bin/towpath', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.resume();
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, lines: text.trimEnd().split('\n') }));
  });
}

test('the demo takes a release through both channels, and the next one has the next number', async () => {
  const first = await towpath('demo');
  expect(first.lines.at(-1)).toBe('release my-app/my-service/1 converged');
  expect(first.code).toBe(0);
  const second = await towpath('demo', '--exit');
  expect(second.lines.at(-1)).toBe('release my-app/my-service/2 converged');
  expect(second.code).toBe(0);
  const status = await towpath('status');
  expect(status.code).toBe(1);
  expect(status.lines.join('\n')).toContain('stopped');
}, 240_000);
