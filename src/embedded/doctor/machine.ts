import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runCommand } from '../command.js';
import { fail, ok, warn, type Finding } from './finding.js';

const gib = 1024 ** 3;
const inGib = (bytes: number): string => `${(bytes / gib).toFixed(1)} GiB`;

/** The oldest Node.js that Towpath is tested on. */
const oldest = [20, 20] as const;

export function checkNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const old = major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
  if (!old) return ok('Node.js', version);
  return fail('Node.js', `${version} is too old`, `install Node.js ${oldest.join('.')} or newer`);
}

/** Disk under the state folder: a build of the cluster leaves a cache of several GiB elsewhere, too. */
export async function checkDisk(home: string, { toBuild }: { toBuild: boolean }): Promise<Finding> {
  const { bavail, bsize } = await statfs(nearestFolder(home));
  const free = bavail * bsize;
  const needed = (toBuild ? 6 : 1) * gib;
  const detail = `${inGib(free)} free at ${home}`;
  if (free >= needed) return ok('disk', detail);
  const why = toBuild ? 'the first build of the cluster needs 6 GiB' : 'database and logs need 1 GiB';
  return fail('disk', `${detail}; ${why}`, 'make room, or set TOWPATH_HOME to a folder on another disk');
}

/** The folder itself may not exist yet. */
function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(path.dirname(folder));
}

export function checkMemory({
  toBuild,
  available = availableMemory(),
}: {
  toBuild: boolean;
  available?: number;
}): Finding {
  const needed = (toBuild ? 3 : 1) * gib;
  const detail = `${inGib(available)} available`;
  if (available >= needed) return ok('memory', detail);
  const why = toBuild ? 'the first build of the cluster needs 3 GiB' : 'all parts together need about 1 GiB';
  return warn('memory', `${detail}; ${why}`, 'end other programs, or give parts of your own: see `towpath up --help`');
}

/** What a new program could have: Linux counts its caches in, elsewhere only free pages are known. */
function availableMemory(): number {
  if (process.platform !== 'linux') return os.freemem();
  const match = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'));
  return match ? Number(match[1]) * 1024 : os.freemem();
}

/** With a mount namespace a pod sees its volumes where its manifest says. */
export async function checkNamespaces(): Promise<Finding> {
  const what = 'mount namespaces';
  if (process.platform !== 'linux')
    return warn(
      what,
      `${process.platform} has none`,
      'pods find their volumes below $POD_ROOT; run on Linux for real paths',
    );
  const flags = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
  const { code, stderr } = await runCommand('unshare', [...flags, 'true']);
  if (code === 0) return ok(what, 'pods see their volumes where the manifest says');
  return warn(
    what,
    `not allowed here: ${stderr.trim().split('\n')[0] ?? ''}`,
    'allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces), or run as root',
  );
}
