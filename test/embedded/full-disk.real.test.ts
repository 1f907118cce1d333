import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { lackOfRoom } from '../../src/embedded/disk-room.js';
import { partNames } from '../../src/embedded/layout.js';
import { livingParts } from '../../src/embedded/state.js';
import type { ReleaseView } from '../../src/release/view.js';
import { openStack, startRelease, type OwnStack } from '../e2e/own-stack.js';
import { over } from '../e2e/installation.js';
import { until } from '../real/until.js';

interface SmallDisk {
  home: string;
  fill: () => void;
  makeRoom: () => void;
  remove: () => void;
}

/** A small disk of its own: only root may mount one. */
function smallDisk(): SmallDisk {
  const home = mkdtempSync(path.join(tmpdir(), 'tpd-'));
  const mounted = spawnSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=400m,mode=755', 'tmpfs', home], {
    encoding: 'utf8',
  });
  if (mounted.status !== 0) throw new Error(`no disk to fill: ${mounted.stderr}`);
  const filler = path.join(home, 'filler');
  return {
    home,
    fill: () => fill(filler),
    makeRoom: () => rmSync(filler),
    remove: () => {
      spawnSync('/bin/umount', [home]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Writes until nothing more fits. */
function fill(file: string): void {
  const fd = openSync(file, 'w');
  const block = Buffer.alloc(1024 * 1024);
  try {
    while (statfsSync(path.dirname(file)).bavail > 0) writeSync(fd, block);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  } finally {
    closeSync(fd);
  }
}

const noStack = /^\s+at |INTERNAL/m;

async function onAFullDisk(here: OwnStack, disk: SmallDisk): Promise<void> {
  const id = await startRelease(here, 'small', `count ${here.folder}/small true`);
  await here.see(id, 'staging has converged', ({ channels }) => channels[0]?.status === 'CONVERGED');
  disk.fill();
  await here.killed('postgres');
  await here.killed('server');
  const shown = await here.towpath('status');
  expect([shown.code, shown.stdout]).toEqual([
    1,
    expect.stringMatching(/^not usable\nthe disk is full: 0 MiB free at /),
  ]);
  expect((await here.towpath('doctor')).stdout).toMatch(/^fail {2}disk +0\.0 GiB free/m);
  const approval = await here.towpath('releases', 'approve', id, 'production');
  expect([approval.code, approval.stderr]).toEqual([1, expect.stringContaining('NOT_RUNNING')]);
  expect(approval.stderr).not.toMatch(noStack);
  expect(livingParts(here.state()).map(({ name }) => name)).not.toContain('postgres');
  disk.makeRoom();
  await until('everything runs', async () => (await here.towpath('status')).code === 0, { withinMs: 90_000 });
  expect(partNames.map((name) => here.state().parts[name].restarts).every((count) => count <= 1)).toBe(true);
  expect((await here.towpath('releases', 'approve', id, 'production')).code).toBe(0);
  const ended: ReleaseView = await here.see(id, 'it is over', over);
  expect([ended.status, here.lines('small').length]).toEqual(['CONVERGED', 2]);
}

async function fromFullToRoom(): Promise<void> {
  const disk = smallDisk();
  try {
    const here = await openStack({ home: disk.home });
    try {
      await onAFullDisk(here, disk);
      expect((await here.towpath('down', '--force')).code).toBe(0);
      disk.fill();
      const refused = await here.towpath('up', '--detach');
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('PART_FAILED: the disk is full')]);
      expect(readdirSync(here.home).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    } finally {
      await here.close();
    }
  } finally {
    disk.remove();
  }
}

if (process.getuid?.() === 0)
  test(
    'a full disk is said by status and doctor, nothing is started in vain, and all goes on with room',
    fromFullToRoom,
    240_000,
  );

test('a file system that does not say its size is not taken for full', () => {
  expect(lackOfRoom('/proc')).toBeUndefined();
});
