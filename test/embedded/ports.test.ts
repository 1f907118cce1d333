import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isFree, keepPorts, mustBeFree, portKeys } from '../../src/embedded/ports.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'towpath-ports-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('ports are chosen once, all different, and kept', async () => {
  const file = path.join(folder, 'ports.json');
  const ports = await keepPorts(file);
  expect(new Set(Object.values(ports)).size).toBe(portKeys.length);
  expect(await keepPorts(file)).toEqual(ports);
});

test('a fixed port wins over a kept one, which comes back without it', async () => {
  const file = path.join(folder, 'ports.json');
  const { server } = await keepPorts(file);
  expect((await keepPorts(file, { server: 7400 })).server).toBe(7400);
  expect((await keepPorts(file)).server).toBe(server);
});

test('a damaged file is written anew', async () => {
  const file = path.join(folder, 'ports.json');
  writeFileSync(file, '{"server": "x", "postgres":');
  const ports = await keepPorts(file);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(ports);
});

test('a port that another program uses is refused with its use and the way out', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  try {
    expect(await isFree(port)).toBe(false);
    await expect(mustBeFree(port, 'server', 'set TOWPATH_LISTEN')).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: `port ${port}, which server wants, is used by another program`,
      hint: 'end that program, or set TOWPATH_LISTEN',
    });
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
  await expect(mustBeFree(port, 'server', 'x')).resolves.toBeUndefined();
});
