import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { TowpathError } from '../release/towpath-error.js';

/**
 * PostgreSQL refuses to run as root. As root it runs as the user `postgres`, or, where that user cannot reach the
 * files (a home below /root), as an unprivileged user of a user namespace who is root outside.
 */
export interface Account {
  uid?: number;
  gid?: number;
  /** Put before the command. */
  prefix: string[];
}

const namespaced = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'];

/** Chooses once; later from the owner of the data, so that a folder is never shared by two accounts. */
export function chooseAccount(dataDir: string, mustReach: string[]): Account {
  if (process.getuid?.() !== 0) return { prefix: [] };
  if (existsSync(path.join(dataDir, 'PG_VERSION'))) {
    const { uid, gid } = statSync(dataDir);
    return uid === 0 ? inNamespace() : { uid, gid, prefix: [] };
  }
  openHome(path.dirname(dataDir));
  if (mustReach.every(reachable)) return postgresUser();
  return inNamespace();
}

/** A state folder of our own may be passed through, though not listed. */
function openHome(home: string): void {
  const { mode } = statSync(home);
  if ((mode & 0o001) === 0) chmodSync(home, (mode & 0o7777) | 0o001);
}

/** True when anyone may pass every folder on the way. */
export function reachable(file: string): boolean {
  for (let at = path.resolve(file); ; at = path.dirname(at)) {
    if (existsSync(at) && statSync(at).isDirectory() && (statSync(at).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

function postgresUser(): Account {
  const id = (flag: string): number => {
    const { status, stdout } = spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' });
    return status === 0 ? Number(stdout.trim()) : Number.NaN;
  };
  if (Number.isNaN(id('-u'))) {
    spawnSync('groupadd', ['--system', 'postgres']);
    spawnSync('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres']);
  }
  const uid = id('-u');
  const gid = id('-g');
  if (Number.isNaN(uid) || Number.isNaN(gid)) return inNamespace();
  return { uid, gid, prefix: [] };
}

function inNamespace(): Account {
  const [command = '', ...args] = namespaced;
  if (spawnSync(command, [...args, 'true']).status === 0) return { prefix: namespaced };
  throw new TowpathError('PART_FAILED', 'PostgreSQL does not run as root, and no other account can reach its files', {
    hint: 'set TOWPATH_HOME to a folder outside /root, run as another user, or give a database with --database-url',
  });
}
