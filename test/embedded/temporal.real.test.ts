import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runCommand } from '../../src/embedded/command.js';
import { grpcServes } from '../../src/embedded/grpc-health.js';
import { layout as layoutOf, type Layout } from '../../src/embedded/layout.js';
import { PartRunner } from '../../src/embedded/part-runner.js';
import { keepPorts, type Ports } from '../../src/embedded/ports.js';
import { isAlive, type ProcessId } from '../../src/embedded/process-id.js';
import { findTemporal } from '../../src/embedded/temporal-cli.js';
import { frontend, temporalPart } from '../../src/embedded/temporal.js';
import { until } from '../real/until.js';

const cacheDir = path.resolve(process.env['TOWPATH_CACHE'] ?? '.cache');
let layout: Layout;
let ports: Ports;
let current: { runner: PartRunner; process: ProcessId | undefined };

async function start(): Promise<void> {
  const next: { process: ProcessId | undefined } = { process: undefined };
  const options = { port: ports.temporal, uiPort: ports.temporalUi, namespace: 'towpath', retentionMs: 2 * 86_400_000 };
  const runner = new PartRunner({
    part: temporalPart(layout, { ...options, cacheDir, env: process.env }),
    logFile: layout.log('temporal'),
    before: undefined,
    change: ({ process: started }) => {
      next.process = started ?? next.process;
      return true;
    },
    signal: new AbortController().signal,
  });
  await runner.start();
  current = { runner, process: next.process };
}

async function temporal(...args: string[]): Promise<string> {
  const cli = await findTemporal(cacheDir, process.env);
  const to = ['--address', `127.0.0.1:${ports.temporal}`, '--namespace', 'towpath'];
  const { code, stdout, stderr } = await runCommand(cli?.bin ?? 'temporal', [...args, ...to]);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

beforeAll(async () => {
  layout = layoutOf(mkdtempSync(path.join(tmpdir(), 'towpath-te-')));
  ports = await keepPorts(layout.ports);
  await start();
});
afterAll(async () => {
  await current.runner.stop();
  rmSync(layout.home, { recursive: true, force: true });
});

test('a workflow that was started is there after kill -9', async () => {
  await temporal('workflow', 'start', '--type', 'kept', '--task-queue', 'nobody', '--workflow-id', 'kept-1');
  const killed = current.process!;
  process.kill(killed.pid, 'SIGKILL');
  await until('it is gone', () => !isAlive(killed));
  await start();
  expect(await temporal('workflow', 'describe', '--workflow-id', 'kept-1')).toContain('kept-1');
});

test('closed workflows stay readable as long as the settings say', async () => {
  expect(await temporal('operator', 'namespace', 'describe')).toMatch(/Retention\S*\s+48h/i);
});

test('its state is closed to other users of this machine', () => {
  expect(statSync(layout.temporal).mode & 0o077).toBe(0);
});

test('a server that is not there does not serve', async () => {
  expect(await grpcServes(`127.0.0.1:${ports.temporal}`, frontend)).toBe(true);
  expect(await grpcServes(`127.0.0.1:${ports.cluster}`, frontend)).toBe(false);
  expect(await grpcServes(`127.0.0.1:${ports.temporal}`, 'no.such.Service')).toBe(false);
});

/** Ports of 127.0.0.1 that a process listens at (Linux). */
function listening(pid: number): number[] {
  const sockets = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });
  const listens = '0A';
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listens && sockets.includes(fields[9] ?? ''))
    .map((fields) => Number.parseInt(fields[1]?.split(':')[1] ?? '', 16));
}

test('no web page can drive it: what a page may send without asking is refused at every port', async () => {
  const open = listening(current.process?.pid ?? 0);
  expect(open).toEqual(expect.arrayContaining([ports.temporal, ports.temporalUi]));
  const body = JSON.stringify({ workflowType: { name: 'release' }, taskQueue: { name: 'nobody' } });
  const headers = { 'content-type': 'text/plain', origin: 'http://evil.example' };
  for (const port of open) {
    const url = `http://127.0.0.1:${port}/api/v1/namespaces/towpath/workflows/forged`;
    const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
    expect([port, answer?.ok ?? false]).toEqual([port, false]);
  }
  await expect(temporal('workflow', 'describe', '--workflow-id', 'forged')).rejects.toThrow(/not found/i);
});
