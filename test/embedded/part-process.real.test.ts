import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { holdProcess } from '../../src/embedded/part-process.js';
import { isAlive, isStopped, startTimeOf, type ProcessId } from '../../src/embedded/process-id.js';
import { until } from '../real/until.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'towpath-part-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string): string => path.join(folder, name);
const touch = () => ({
  command: '/bin/sh',
  args: ['-c', `echo "$$" > ${file('ran')}; echo "said $1"; exec sleep 60`, 'sh', "it's"],
});

test('the process runs nothing before it may, and then keeps its number', async () => {
  const held = await holdProcess(touch(), file('log'));
  expect(held.isAlive()).toBe(true);
  expect(existsSync(file('ran'))).toBe(false);
  held.go();
  await until('the program has said something', () => held.log() !== '');
  expect(readFileSync(file('ran'), 'utf8')).toBe(`${held.id.pid}\n`);
  expect(held.log()).toBe("said it's\n");
  expect(startTimeOf(held.id.pid)).toBe(held.id.startTime);
  process.kill(held.id.pid, 'SIGKILL');
  await until('its end is known', () => held.howEnded() === 'SIGKILL');
});

test('one that has ended is not said to have before it is known how', async () => {
  const held = await holdProcess(touch(), file('log'));
  process.kill(held.id.pid, 'SIGKILL');
  // As for a supervisor that was itself stopped: its end can be seen before its exit was told.
  const giveUpAt = performance.now() + 10_000;
  while (isAlive(held.id) && performance.now() < giveUpAt);
  expect(isAlive(held.id)).toBe(false);
  const said = (): string | undefined => (held.isAlive() ? undefined : held.howEnded());
  expect(said() ?? (await until('its end is said', said))).toBe('SIGKILL');
});

test('given up, it ends without having run', async () => {
  const held = await holdProcess(touch(), file('log'));
  held.giveUp();
  await until('it has ended', () => !held.isAlive());
  expect(existsSync(file('ran'))).toBe(false);
});

test('a supervisor that is killed before it could write the process down leaves none', async () => {
  const module = path.resolve('dist/embedded/part-process.js');
  const program = `import { holdProcess } from ${JSON.stringify(module)};
const { id } = await holdProcess(${JSON.stringify(touch())}, ${JSON.stringify(file('log'))});
console.log(JSON.stringify(id));
setInterval(() => undefined, 1000);`;
  const supervisor = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const id = await new Promise<ProcessId>((resolve) => {
    supervisor.stdout.once('data', (data: Buffer) => resolve(JSON.parse(data.toString()) as ProcessId));
  });
  expect(isAlive(id)).toBe(true);
  supervisor.kill('SIGKILL');
  await until('the held process has ended', () => !isAlive(id));
  expect(existsSync(file('ran'))).toBe(false);
});

test('a program that does not exist says so in the log, and ends', async () => {
  const held = await holdProcess({ command: '/no/such/program', args: [] }, file('log'));
  held.go();
  await until('it has ended', () => held.howEnded() === 'code 127');
  expect(held.log()).toContain('/no/such/program');
});

test('a stopped process is told from one that runs', async () => {
  const held = await holdProcess(touch(), file('log'));
  expect(isStopped(held.id)).toBe(false);
  process.kill(held.id.pid, 'SIGSTOP');
  await until('it is stopped', () => isStopped(held.id));
  expect(isAlive(held.id)).toBe(true);
  process.kill(held.id.pid, 'SIGKILL');
});
