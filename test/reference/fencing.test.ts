import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const bin = path.resolve('examples/reported-results/image/bin');
const folder = mkdtempSync(path.join(tmpdir(), 'towpath-fencing-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The example's program, as run `run` starts it. */
function deploy(zone: string, run: number): Promise<{ code: number | null; stderr: string }> {
  const env = {
    PATH: `${bin}:${process.env['PATH']}`,
    PVN_RELEASE_CHANNEL: 'staging',
    TOWPATH_RELEASE_ID: 'my-app/my-service/1',
    TOWPATH_RUN: String(run),
    TOWPATH_RESULT_PATH: path.join(folder, 'result.json'),
  };
  const child = spawn(path.join(bin, 'deploy-records'), [`--zone=${zone}`, `--change-id=change-${run}`], { env });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => {
    stderr += text.toString();
  });
  child.stdout.resume();
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}

const writtenBy = (zone: string): string => {
  const lines = readFileSync(path.join(zone, 'records'), 'utf8').trimEnd().split('\n');
  return [...new Set(lines.map((line) => line.split(' ')[1]))].join();
};

test('a program of an older run that comes late is refused, and one of the same run goes on', async () => {
  const zone = path.join(folder, 'late');
  expect(await deploy(zone, 11)).toMatchObject({ code: 0 });
  expect(await deploy(zone, 12)).toMatchObject({ code: 0 });
  expect(await deploy(zone, 11)).toEqual({ code: 3, stderr: 'zone: refused: run 11 comes after run 12\n' });
  expect(writtenBy(zone)).toBe('change-12');
  expect(await deploy(zone, 12)).toMatchObject({ code: 0 });
});

test('of several at once the newest stands in the end, whatever their order', async () => {
  const zone = path.join(folder, 'race');
  const runs = [3, 5, 1, 4, 2];
  const answers = await Promise.all(runs.map((run) => deploy(zone, run)));
  expect(writtenBy(zone)).toBe('change-5');
  expect(answers[1]).toMatchObject({ code: 0 });
  expect(existsSync(path.join(zone, '.lock'))).toBe(false);
});
