import { statSync } from 'node:fs';
import { readJson } from '../atomic-file.js';
import type { Layout } from '../layout.js';
import { isFree, portKeys, type PortKey, type Ports } from '../ports.js';
import { livingParts, type State } from '../state.js';
import { fail, ok, warn, type Finding } from './finding.js';

/** A unix socket lies in the cluster's folder, and its path may have about 100 characters. */
export const longestClusterPath = 80;

export function checkHome({ home, cluster }: Layout): Finding {
  if (cluster.length <= longestClusterPath) return ok('state', home);
  return fail('state', `${home} is too long a path for a unix socket inside it`, 'set TOWPATH_HOME to a shorter path');
}

/** The token lets whoever reads it do everything. */
export function checkToken(file: string): Finding {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return ok('token', `${file} will be made by \`towpath up\``);
  if ((stat.mode & 0o077) === 0) return ok('token', file);
  return fail('token', `${file} can be read by others`, `chmod 600 ${file}, and delete it to get a new one`);
}

const usedBy: Record<PortKey, string> = {
  postgres: 'postgres',
  temporal: 'temporal',
  temporalUi: 'temporal',
  cluster: 'cluster',
  server: 'server',
};

/** Each kept port, and the one that the settings name, is used by our part, or free. */
export async function checkPorts({ ports: file }: Layout, state: State | undefined, listen: number): Promise<Finding> {
  const kept = (readJson(file) ?? {}) as Partial<Ports>;
  const ports = listen === 0 ? kept : { ...kept, server: listen };
  const living = state ? livingParts(state).map(({ name }) => name as string) : [];
  const taken: string[] = [];
  for (const key of portKeys) {
    const port = ports[key];
    if (port !== undefined && !living.includes(usedBy[key]) && !(await isFree(port))) taken.push(`${port} (${key})`);
  }
  const all = portKeys.map((key) => `${key} ${ports[key] ?? 'to be chosen'}`).join(', ');
  if (taken.length === 0) return ok('ports', all);
  return warn(
    'ports',
    `used by another program: ${taken.join(', ')}`,
    `end it, or choose others in ${file} (the server's: TOWPATH_LISTEN)`,
  );
}
