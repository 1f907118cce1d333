import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkKubeconfig, clockFinding } from '../../../src/embedded/doctor/given.js';
import { checkHome, checkPorts } from '../../../src/embedded/doctor/home.js';
import { checkMemory, checkNode } from '../../../src/embedded/doctor/machine.js';
import { layout } from '../../../src/embedded/layout.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'towpath-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['20.20.2', 'ok'],
  ['22.1.0', 'ok'],
  ['20.19.9', 'fail'],
  ['18.20.0', 'fail'],
])('Node.js %s is %s', (version, level) => {
  expect(checkNode(version).level).toBe(level);
});

const gib = 1024 ** 3;
test.each([
  [2 * gib, false, 'ok'],
  [2 * gib, true, 'warn'],
  [4 * gib, true, 'ok'],
  [gib / 2, false, 'warn'],
])('%d bytes of memory with a build ahead (%s) is %s', (available, toBuild, level) => {
  expect(checkMemory({ toBuild, available }).level).toBe(level);
});

const now = Date.parse('2026-03-01T12:00:00.900Z');
test.each([
  ['Sun, 01 Mar 2026 12:00:00 GMT', 'ok'],
  ['Sun, 01 Mar 2026 11:59:58 GMT', 'ok'],
  ['Sun, 01 Mar 2026 11:58:00 GMT', 'warn'],
])('a clock that says %s is %s', (date, level) => {
  expect(clockFinding('the server', date, now)[0]?.level).toBe(level);
});

test('a home whose path is too long for a unix socket is said before it fails', () => {
  expect(checkHome(layout('/h'))).toMatchObject({ level: 'ok' });
  expect(checkHome(layout(`/${'h'.repeat(90)}`))).toMatchObject({ level: 'fail', repair: expect.any(String) });
});

test('a port of ours that another program has is named', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  try {
    const finding = await checkPorts(layout(folder), undefined, port);
    expect(finding).toMatchObject({ level: 'warn', detail: `used by another program: ${port} (server)` });
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
  expect(await checkPorts(layout(folder), undefined, port)).toMatchObject({ level: 'ok' });
});

const kubeconfig = (server: string): string =>
  JSON.stringify({
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server } }],
  });

test.each([
  ['not: [a', undefined, 'cannot be read as a kubeconfig'],
  [kubeconfig('https://127.0.0.1:1'), 'there', 'has no context "there"'],
  [kubeconfig('https://127.0.0.1:1'), undefined, 'https://127.0.0.1:1 does not answer'],
])('a kubeconfig that does not work is told why', async (content, context, message) => {
  const file = path.join(folder, 'kubeconfig');
  writeFileSync(file, content);
  const findings = await checkKubeconfig(file, context);
  expect(findings.at(-1)).toMatchObject({ level: 'fail', detail: expect.stringContaining(message) });
});
