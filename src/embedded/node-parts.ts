import { existsSync, statSync } from 'node:fs';
import { TowpathError } from '../release/towpath-error.js';
import { packageFile, type PartName } from './layout.js';
import { packageVersion } from './package-version.js';
import type { Launch, Part } from './part.js';

export interface NodePartOptions {
  env: Record<string, string>;
  needs: PartName[];
}

function launch(entry: string, env: Record<string, string>): Launch {
  const file = packageFile(entry);
  if (!existsSync(file))
    throw new TowpathError('PART_MISSING', `${entry} is missing`, { hint: 'run `npm run build` in the repository' });
  const content = String(statSync(file).mtimeMs);
  return { command: process.execPath, args: [file], env, version: packageVersion(), content };
}

/** What to ask: a server that listens everywhere is asked on loopback. */
export function serverUrl(host: string, port: number): string {
  const asked = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return `http://${asked.includes(':') ? `[${asked}]` : asked}:${port}`;
}

/** The HTTP API. */
export function serverPart({ host, port, env, needs }: NodePartOptions & { host: string; port: number }): Part {
  const url = serverUrl(host, port);
  return {
    name: 'server',
    needs,
    address: url,
    ports: [{ port, change: 'set another in TOWPATH_LISTEN or as `listen` in config.yaml' }],
    prepare: () => Promise.resolve(launch('dist/server/main.js', env)),
    usable: async () => {
      try {
        const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2000) });
        await answer.arrayBuffer();
        return answer.ok;
      } catch {
        return false;
      }
    },
    startTimeoutMs: 60_000,
    stopSignal: 'SIGTERM',
    stopGraceMs: 10_000,
  };
}

/** Runs workflows and activities. It has no port: its log says when it works, and from then on it lives or not. */
export function workerPart({ env, needs }: NodePartOptions): Part {
  return {
    name: 'worker',
    needs,
    address: '-',
    ports: [],
    prepare: () => Promise.resolve(launch('dist/worker.js', env)),
    usable: ({ log, adopted }) => Promise.resolve(adopted || log().includes('worker ready')),
    startTimeoutMs: 90_000,
    stopSignal: 'SIGTERM',
    stopGraceMs: 20_000,
  };
}
