import { createServer, type AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadSettings } from '../../src/config/settings.js';
import type { Installation } from '../../src/embedded/installation.js';
import { layout, partNames, type PartName } from '../../src/embedded/layout.js';
import type { Launch, Part } from '../../src/embedded/part.js';
import type { State } from '../../src/embedded/state.js';

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export const listening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
  });

/** A real process that listens on a port: usable when it does. */
export const listener = (port: number): Launch => ({
  command: process.execPath,
  args: ['-e', `require('node:net').createServer((s) => s.end()).listen(${port}, '127.0.0.1')`],
});

/** A part whose program is a few words of JavaScript. */
export function fakePart(name: PartName, port: number, more: Partial<Part> = {}): Part {
  return {
    name,
    needs: [],
    address: `127.0.0.1:${port}`,
    ports: [{ port, change: 'choose another' }],
    prepare: () => Promise.resolve(listener(port)),
    usable: () => listening(port),
    startTimeoutMs: 10_000,
    stopSignal: 'SIGTERM',
    stopGraceMs: 2000,
    ...more,
  };
}

export interface Home {
  folder: string;
  installation(parts: Part[]): Installation;
  remove(): void;
}

/** A state folder of its own, and installations of fake parts in it. */
export function fakeHome(): Home {
  const folder = mkdtempSync(path.join(tmpdir(), 'towpath-embedded-'));
  return {
    folder,
    installation: (parts) => ({
      layout: layout(folder),
      settings: loadSettings(folder, {}),
      parts,
      initial: initial(parts),
      onBuilt: () => undefined,
    }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function initial(parts: Part[]): Omit<State, 'supervisor'> {
  const ours = parts.map(({ name }) => name);
  const stateOf = (name: PartName) => ({
    state: ours.includes(name) ? ('waiting' as const) : ('given' as const),
    address: '-',
    restarts: 0,
  });
  return {
    format: 1,
    phase: 'starting',
    startedAt: new Date(0).toISOString(),
    parts: Object.fromEntries(partNames.map((name) => [name, stateOf(name)])) as State['parts'],
    server: 'http://127.0.0.1:1',
    temporalNamespace: 'towpath',
    kubeconfig: '-',
    logs: '-',
    given: {},
  };
}
