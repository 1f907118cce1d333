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

/** Who PostgreSQL would run as: decided once, later from the owner of the data, so that no folder has two owners. */
export type AccountPlan = 'self' | 'postgres' | 'namespace' | { uid: number; gid: number };

/** Decides without changing anything. `mustReach` are files that the account has to read. */
export function planAccount(dataDir: string, mustReach: string[]): AccountPlan {
  if (process.getuid?.() !== 0) return 'self';
  if (existsSync(path.join(dataDir, 'PG_VERSION'))) {
    const { uid, gid } = statSync(dataDir);
    return uid === 0 ? 'namespace' : { uid, gid };
  }
  const home = path.dirname(dataDir);
  return [home, ...mustReach].every((file) => reachable(file, home)) ? 'postgres' : 'namespace';
}

/** Makes what was decided possible. */
export function chooseAccount(dataDir: string, mustReach: string[]): Account {
  const plan = planAccount(dataDir, mustReach);
  if (plan === 'self') return { prefix: [] };
  if (plan === 'namespace') return inNamespace();
  if (plan !== 'postgres') return { ...plan, prefix: [] };
  openHome(path.dirname(dataDir));
  return postgresUser();
}

/** Our own state folder may be passed through, though not listed: what is secret in it is closed file by file. */
function openHome(home: string): void {
  const { mode } = statSync(home);
  if ((mode & 0o001) === 0) chmodSync(home, (mode & 0o7777) | 0o001);
}

/** True when anyone may pass every folder on the way, `but` one that we can open ourselves. */
export function reachable(file: string, but?: string): boolean {
  for (let at = path.resolve(file); ; at = path.dirname(at)) {
    if (at !== but && existsSync(at) && statSync(at).isDirectory() && (statSync(at).mode & 0o001) === 0) return false;
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

/** Throws where this system does not allow it. */
export function inNamespace(): Account {
  const [command = '', ...args] = namespaced;
  if (spawnSync(command, [...args, 'true']).status === 0) return { prefix: namespaced };
  throw new TowpathError('PART_FAILED', 'PostgreSQL does not run as root, and no other account can reach its files', {
    hint: 'set TOWPATH_HOME to a folder outside /root, run as another user, or give a database with --database-url',
  });
}
