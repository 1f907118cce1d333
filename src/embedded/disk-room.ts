import { existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { TowpathError } from '../release/towpath-error.js';

const mib = 1024 ** 2;

/** With less than this nothing is started: a database that cannot write its log only ends again. */
export const leastRoom = 64 * mib;

/** Bytes that whoever is not root may still write on the disk of a folder, which need not exist yet; no limit if unknown. */
export function roomIn(folder: string): number {
  if (!existsSync(folder)) return roomIn(path.dirname(folder));
  const { bavail, bsize, blocks } = statfsSync(folder);
  return blocks === 0 ? Infinity : bavail * bsize;
}

/** What is wrong with the disk, in words; undefined while there is room. */
export function lackOfRoom(folder: string, room = roomIn(folder)): string | undefined {
  if (room >= leastRoom) return undefined;
  return `the disk is full: ${Math.floor(room / mib)} MiB free at ${folder}, and ${leastRoom / mib} MiB are needed`;
}

/** Throws PART_FAILED before anything writes half of what it has to. */
export function mustHaveRoom(folder: string): void {
  const lack = lackOfRoom(folder);
  if (lack !== undefined) throw new TowpathError('PART_FAILED', lack, { hint: 'make room, then `towpath up` again' });
}
